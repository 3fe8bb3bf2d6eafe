package io.scopegate.authn.session;

import io.scopegate.authn.Authenticator;
import io.scopegate.authn.Credential;
import io.scopegate.authn.Organizations;
import io.scopegate.authn.Subjects;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Knows the sessions that one kind of verification tells. Whether a subject is disabled is asked of
 * the store on every request, and so is what it holds, unless the token brings that along; the end
 * of a session is compared on every request. Safe from any thread; never blocks.
 */
final class SessionAuthenticator implements Authenticator {
  private static final Caller INVALID = new Caller.Invalid();
  private static final Caller UNAVAILABLE = new Caller.Unavailable();

  private final SessionLookup lookup;
  private final Subjects subjects;
  private final Organizations organizations;
  private final Clock clock;

  SessionAuthenticator(
      SessionLookup lookup, Subjects subjects, Organizations organizations, Clock clock) {
    this.lookup = lookup;
    this.subjects = subjects;
    this.organizations = organizations;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Caller> authenticate(
      Credential credential, Policy policy, String address) {
    if (credential instanceof Credential.Bearer bearer) {
      return authenticate(bearer.value());
    }
    return credential instanceof Credential.SessionCookie cookie
        ? authenticate(cookie.value())
        : CompletableFuture.completedFuture(INVALID);
  }

  private CompletableFuture<Caller> authenticate(String token) {
    if (!lookup.mayKnow(token)) {
      return CompletableFuture.completedFuture(INVALID);
    }
    CompletableFuture<Verdict> verdict = lookup.find(token);
    return verdict.isDone()
        ? caller(verdict.getNow(Verdict.UNAVAILABLE))
        : verdict.thenCompose(this::caller);
  }

  private CompletableFuture<Caller> caller(Verdict verdict) {
    if (!(verdict instanceof Verdict.Valid valid)) {
      return CompletableFuture.completedFuture(
          verdict instanceof Verdict.Unavailable ? UNAVAILABLE : INVALID);
    }
    Session session = valid.session();
    if (!session.isInForce(clock.instant())) {
      return CompletableFuture.completedFuture(INVALID);
    }
    List<String> names = session.organizations();
    return names.isEmpty()
        ? subjects.caller(session.subject(), held -> session.caller(held, List.of()))
        : withPlaces(session, names, new ArrayList<>());
  }

  private CompletableFuture<Caller> withPlaces(
      Session session, List<String> names, List<Optional<Organization>> found) {
    while (found.size() < names.size()) {
      CompletableFuture<Organizations.Answer> next = organizations.find(names.get(found.size()));
      if (!next.isDone()) {
        return next.thenCompose(
            answer ->
                add(answer, found)
                    ? withPlaces(session, names, found)
                    : CompletableFuture.completedFuture(UNAVAILABLE));
      }
      if (!add(next.getNow(new Organizations.Unknown()), found)) {
        return CompletableFuture.completedFuture(UNAVAILABLE);
      }
    }
    List<Optional<Organization>> places = List.copyOf(found);
    return subjects.caller(session.subject(), held -> session.caller(held, places));
  }

  private static boolean add(Organizations.Answer answer, List<Optional<Organization>> found) {
    return answer instanceof Organizations.Known known && found.add(known.organization());
  }
}
