package io.scopegate.proxy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Delegation;
import io.scopegate.proxy.message.Fields;
import io.scopegate.route.Requirement;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The fields that tell an authenticated caller what its token carries and what the row asks, after
 * GitHub's convention. Safe from any thread.
 */
final class ScopeFields {
  static final String CARRIED = "X-OAuth-Scopes";
  static final String ACCEPTED = "X-Accepted-OAuth-Scopes";

  // The words of a requirement live as long as the policy it belongs to.
  private final Cache<Requirement, String> accepted =
      Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

  // And those of a delegation as long as the credential is cached.
  private final Cache<Delegation, String> carried =
      Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

  /** Adds both, if the caller is known. */
  void addTo(Fields fields, Decision decision) {
    if (decision.caller() instanceof Caller.Authenticated caller) {
      fields.addOurs(
          CARRIED,
          carried.get(caller.delegation(), delegation -> String.join(", ", delegation.scopes())));
      fields.addOurs(ACCEPTED, accepted(decision.route()));
    }
  }

  private String accepted(Optional<Route> route) {
    if (route.isPresent() && route.get().rule() instanceof Rule.Permitted permitted) {
      Requirement requirement = permitted.requirement();
      return accepted.get(requirement, ScopeFields::words);
    }
    return "";
  }

  private static String words(Requirement requirement) {
    return requirement.alternatives().stream()
        .map(alternative -> String.join(", ", alternative.everything().names()))
        .collect(Collectors.joining("; "));
  }
}
