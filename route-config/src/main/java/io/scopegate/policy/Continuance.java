package io.scopegate.policy;

import io.scopegate.permission.PermissionSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Whether a request that was let through may go on, by what is decided of it later: it may while it
 * would be let through again, as nobody less than the backend was told. A pure function of its
 * arguments. Safe from any thread.
 */
public final class Continuance {
  private Continuance() {}

  /** Returns why it may not go on; empty if it may. */
  public static Optional<Decision.Deny> objection(Decision.Allow then, Decision now) {
    if (now instanceof Decision.Deny deny) {
      return Optional.of(deny);
    }
    if (!(now instanceof Decision.Allow allow)) {
      return Optional.of(
          objection(Code.ROUTE_NOT_DECLARED, "it is answered here", then, List.of()));
    }
    if (allow.row().forwarding().shadow()) {
      return Optional.empty(); // nobody is refused there, whatever they hold
    }
    if (!subject(then).equals(subject(allow))) {
      return Optional.of(
          objection(Code.CREDENTIAL_INVALID, Code.CREDENTIAL_INVALID.title(), then, List.of()));
    }
    List<String> lost = lost(then, allow);
    return lost.isEmpty() && isSamePlace(then, allow) && listsAsMuch(then, allow)
        ? Optional.empty()
        : Optional.of(
            objection(
                Code.INSUFFICIENT_ROLE,
                "the caller holds less than when this request was let through",
                then,
                lost));
  }

  private static Optional<String> subject(Decision.Allow allow) {
    return allow.caller() instanceof Caller.Authenticated caller
        ? Optional.of(caller.principal().subject())
        : Optional.empty();
  }

  private static boolean isSamePlace(Decision.Allow then, Decision.Allow now) {
    return then.grants().map(Grants::organization).equals(now.grants().map(Grants::organization));
  }

  private static List<String> lost(Decision.Allow then, Decision.Allow now) {
    Optional<PermissionSet> told = then.grants().flatMap(Grants::effective);
    if (told.isEmpty()) {
      return List.of();
    }
    Optional<PermissionSet> held = now.grants().flatMap(Grants::effective);
    if (held.isEmpty()) {
      return told.get().names();
    }
    // A reload lies between two sets that are not alike, and says of its own what roles hold: it
    // ends nobody whom it still lets through.
    return held.get().isLike(told.get()) ? told.get().minus(held.get()).names() : List.of();
  }

  private static boolean listsAsMuch(Decision.Allow then, Decision.Allow now) {
    if (then.listing().isEmpty() || then.listing().equals(now.listing())) {
      return true;
    }
    if (now.listing().isEmpty() || now.listing().get().kind() != then.listing().get().kind()) {
      return false;
    }
    Decision.Listing told = then.listing().get();
    Decision.Listing listed = now.listing().get();
    return listed.everywhere()
        || (!told.everywhere() && new HashSet<>(listed.ids()).containsAll(told.ids()));
  }

  private static Decision.Deny objection(
      Code code, String detail, Decision.Allow then, List<String> lost) {
    return new Decision.Deny(
        code,
        detail,
        then.row(),
        then.caller(),
        then.grants(),
        new Missing(List.of(), lost),
        List.of());
  }
}
