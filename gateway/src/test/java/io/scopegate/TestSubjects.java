package io.scopegate;

import io.scopegate.authn.Organizations;
import io.scopegate.authn.Subjects;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Subjects and organizations that a test makes up. Safe from any thread. */
public final class TestSubjects implements Subjects, Organizations {
  private final Map<String, Principal> principals = new ConcurrentHashMap<>();
  private final Map<String, Caller> refusals = new ConcurrentHashMap<>();
  private final Map<String, Organization> organizations = new ConcurrentHashMap<>();

  /** Disables a subject. */
  public void disable(String subject) {
    refusals.put(subject, new Caller.Invalid());
  }

  /** Lets a subject be one that cannot be looked up. */
  public void lose(String subject) {
    refusals.put(subject, new Caller.Unavailable());
  }

  /** Makes an organization known. */
  public void organization(String id, String alias, String project) {
    Organization made =
        new Organization(
            id,
            Set.of(alias),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(project, new Organization.Project(project, Set.of())));
    organizations.put(id, made);
    organizations.put(alias, made);
  }

  @Override
  public CompletableFuture<Caller> caller(String subject, Function<Principal, Caller> made) {
    Caller refusal = refusals.get(subject);
    return CompletableFuture.completedFuture(
        refusal != null
            ? refusal
            : made.apply(
                principals.computeIfAbsent(subject, name -> new Principal(name, List.of()))));
  }

  @Override
  public CompletableFuture<Answer> find(String name) {
    return CompletableFuture.completedFuture(
        new Known(Optional.ofNullable(organizations.get(name))));
  }
}
