package io.scopegate.proxy;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.message.Fields;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import org.jspecify.annotations.Nullable;

/**
 * The fields that tell an authenticated caller what its token carries and what the row asks, after
 * GitHub's convention. Safe from any thread.
 */
final class ScopeFields {
  static final String CARRIED = "X-OAuth-Scopes";
  static final String ACCEPTED = "X-Accepted-OAuth-Scopes";

  private ScopeFields() {}

  /** Adds both, if the caller is known. */
  static void addTo(Fields fields, Decision decision) {
    if (decision.caller() instanceof Caller.Authenticated caller) {
      fields.addKept(CARRIED, caller.delegation().listing());
      fields.addKept(ACCEPTED, accepted(decision.row()));
    }
  }

  private static String accepted(@Nullable Route row) {
    return row != null && row.rule() instanceof Rule.Permitted permitted
        ? permitted.requirement().listing()
        : "";
  }
}
