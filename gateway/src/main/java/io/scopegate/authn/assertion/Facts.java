package io.scopegate.authn.assertion;

import io.scopegate.permission.PermissionSet;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Decision.Listing;
import io.scopegate.policy.Grants;
import java.util.Optional;

/**
 * What a backend is told of a request, the same that the header fields say. Requests with the same
 * facts share an assertion. Immutable.
 *
 * @param backend the name of the backend
 * @param token the token's id, or {@code session}
 * @param permissions the effective ones at the place, if there is one and they are not none
 * @param listing where the requirement is met, on rows that list that
 */
record Facts(
    String backend,
    String subject,
    String token,
    Optional<String> organization,
    Optional<PermissionSet> permissions,
    Optional<Listing> listing) {

  /** Returns the facts of a request; empty if nobody is known to have sent it. */
  static Optional<Facts> of(Decision.Allow allow) {
    if (allow.row().isPublic() || !(allow.caller() instanceof Caller.Authenticated caller)) {
      return Optional.empty();
    }
    Optional<Grants> here =
        allow.listing().filter(Facts::isOfOrganizations).isPresent()
            ? Optional.empty()
            : allow.grants();
    return Optional.of(
        new Facts(
            allow.row().forwarding().backend(),
            caller.principal().subject(),
            caller.tokenId(),
            here.map(Grants::organization),
            here.flatMap(Grants::effective).filter(set -> !set.isEmpty()),
            allow.listing()));
  }

  private static boolean isOfOrganizations(Listing listing) {
    return listing.kind() == Listing.Kind.ORGANIZATIONS;
  }
}
