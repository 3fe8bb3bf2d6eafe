package io.scopegate.proxy;

import io.scopegate.policy.Decision;

/**
 * Tells the channel of an exchange that what it was let through with does not hold any more.
 * Immutable.
 *
 * @param why what would be said of it now
 */
record Withdrawal(Exchange exchange, Decision.Deny why) {}
