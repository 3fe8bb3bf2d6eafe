package io.scopegate.authn.session;

import io.scopegate.policy.Caller;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session that its issuer vouches for, with what was last made of it. It says who it is, never
 * what is allowed. Safe from any thread.
 */
final class Session {
  private final String subject;
  private final Delegation delegation;
  private final Optional<List<ClaimedRoles>> roles;
  private final TokenRules.Span span;
  private final Proof proof;
  private volatile @Nullable Made made;

  /** A caller, and of what it was made: it is used again only for the very same. */
  private record Made(
      Principal principal, List<Optional<Organization>> places, Caller.Authenticated caller) {

    // Identity is exact here and costs nothing; equality would walk through all memberships.
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(Principal other, List<Optional<Organization>> otherPlaces) {
      if (principal != other || places.size() != otherPlaces.size()) {
        return false;
      }
      for (int i = 0; i < places.size(); i++) {
        if (places.get(i).orElse(null) != otherPlaces.get(i).orElse(null)) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Makes one.
   *
   * @param roles what the token says its subject holds; empty if the store says it
   * @param proof what it was verified by
   */
  Session(
      String subject,
      Delegation delegation,
      Optional<List<ClaimedRoles>> roles,
      TokenRules.Span span,
      Proof proof) {
    this.subject = subject;
    this.delegation = delegation;
    this.roles = roles.map(List::copyOf);
    this.span = span;
    this.proof = proof;
  }

  String subject() {
    return subject;
  }

  Proof proof() {
    return proof;
  }

  /** Says whether it has begun and not ended. */
  boolean isInForce(Instant now) {
    return span.contains(now);
  }

  /** Returns the organizations in which the token says what its subject holds. */
  List<String> organizations() {
    return roles.orElse(List.of()).stream().map(ClaimedRoles::organization).toList();
  }

  /**
   * Returns the caller that this session makes of its subject.
   *
   * @param principal the subject as the store has it
   * @param places its {@link #organizations} as the store has them
   */
  Caller.Authenticated caller(Principal principal, List<Optional<Organization>> places) {
    Made last = made;
    if (last != null && last.isOf(principal, places)) {
      return last.caller();
    }
    Principal who =
        roles.isEmpty() ? principal : new Principal(subject, memberships(roles.get(), places));
    Caller.Authenticated caller =
        new Caller.Authenticated(who, delegation, CredentialKind.SESSION, "session");
    made = new Made(principal, places, caller);
    return caller;
  }

  private static List<Membership> memberships(
      List<ClaimedRoles> roles, List<Optional<Organization>> places) {
    List<Membership> memberships = new ArrayList<>();
    for (int i = 0; i < roles.size(); i++) {
      Membership membership = roles.get(i).in(places.get(i));
      String id = membership.organization().id();
      // Two names of one organization: the first counts, as a principal has one membership there.
      if (memberships.stream().noneMatch(one -> one.organization().id().equals(id))) {
        memberships.add(membership);
      }
    }
    return memberships;
  }
}
