package io.scopegate.store;

import java.time.Instant;

/**
 * A use of a token. Immutable.
 *
 * @param address where it came from, in digits; empty if that is not known
 */
public record TokenUse(Instant at, String address) {}
