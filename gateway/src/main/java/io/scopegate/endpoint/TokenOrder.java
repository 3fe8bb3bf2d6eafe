package io.scopegate.endpoint;

import io.scopegate.permission.Permission;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads which token a caller wants, and checks it against the policy and the store. Confined to one
 * request.
 */
public final class TokenOrder {
  private final Policy policy;
  private final Function<String, Optional<Organization>> organizations;
  private final TokenLifetime lifetime;
  private final Instant now;

  /**
   * Prepares the reading.
   *
   * @param organizations those that the caller may know, by id or alias
   * @param lifetime how long the token may live
   * @param now what a duration counts from
   */
  public TokenOrder(
      Policy policy,
      Function<String, Optional<Organization>> organizations,
      TokenLifetime lifetime,
      Instant now) {
    this.policy = policy;
    this.organizations = organizations;
    this.lifetime = lifetime;
    this.now = now;
  }

  /** Returns the token; it is only what the caller means if the body has no complaints. */
  public Identities.Token read(JsonBody body) {
    String subject = body.requiredString("subject");
    if (!Words.isSubject(subject) && body.isString("subject")) {
      body.complain("subject", "must be 1 to 255 visible ASCII characters");
    }
    return read(body, subject);
  }

  /** Returns the token of this subject, which the body does not name. */
  public Identities.Token read(JsonBody body, String subject) {
    String name = body.requiredString("name");
    if (!Words.isTokenName(name) && body.isString("name")) {
      body.complain("name", "must be 1 to 255 characters without control characters");
    }
    return new Identities.Token(
        subject, name, scopes(body), bounds(body), expires(body), Optional.empty());
  }

  /** Returns the scopes, of which there must be one. */
  public List<String> scopes(JsonBody body) {
    List<String> scopes = body.strings("scopes").orElse(List.of());
    if (scopes.isEmpty()) {
      body.complain("scopes", "must name at least one scope; `*` is everything the roles hold");
    }
    for (String scope : scopes) {
      Optional<Permission> permission = policy.catalog().find(scope);
      if (scope.equals("*")) {
        continue;
      }
      if (permission.isEmpty()) {
        body.complain(
            "scopes",
            "unknown permission `"
                + scope
                + "`"
                + Words.didYouMean(scope, policy.catalog().names()));
      } else if (permission.get().planned()) {
        body.complain("scopes", "permission `" + scope + "` is planned and cannot be issued yet");
      }
    }
    return scopes;
  }

  /** Returns where the token is to be used. */
  public Bounds bounds(JsonBody body) {
    Optional<Organization> organization =
        body.string("organization").flatMap(name -> organization(body, "organization", name));
    Optional<List<String>> names = body.strings("projects");
    if (names.isEmpty()) {
      return organization.map(one -> Bounds.organization(one.id())).orElse(Bounds.none());
    }
    if (names.get().isEmpty()) {
      body.complain("projects", "must name at least one project, or be left out");
      return Bounds.none();
    }
    return projects(body, names.get(), organization);
  }

  private Bounds projects(JsonBody body, List<String> names, Optional<Organization> named) {
    Set<String> organizations = new TreeSet<>();
    named.ifPresent(one -> organizations.add(one.id()));
    Set<String> projects = new TreeSet<>();
    for (String name : names) {
      int slash = name.indexOf('/');
      if (slash < 1 || slash == name.length() - 1) {
        body.complain("projects", "`" + name + "` must be spelt `organization/project`");
        continue;
      }
      organization(body, "projects", name.substring(0, slash))
          .ifPresent(
              organization -> {
                organizations.add(organization.id());
                organization
                    .project(name.substring(slash + 1))
                    .ifPresentOrElse(
                        project -> projects.add(project.id()),
                        () ->
                            body.complain(
                                "projects",
                                "unknown project `"
                                    + name
                                    + "`"
                                    + Words.didYouMean(
                                        name.substring(slash + 1),
                                        organization.projects().keySet())));
              });
    }
    if (organizations.size() > 1) {
      body.complain("projects", "a token can be bound to the projects of one organization only");
    }
    return organizations.size() == 1
        ? Bounds.projects(organizations.iterator().next(), projects)
        : Bounds.none();
  }

  private Optional<Organization> organization(JsonBody body, String key, String name) {
    Optional<Organization> organization = organizations.apply(name);
    if (organization.isEmpty()) {
      body.complain(key, "unknown organization `" + name + "`");
    }
    return organization;
  }

  private Optional<Instant> expires(JsonBody body) {
    Optional<String> text = body.string("expires");
    Optional<Instant> end = text.flatMap(word -> end(body, word));
    boolean isUnread = end.isEmpty() && body.keys().contains("expires");
    if (!isUnread) {
      lifetime.complaint(end, now).ifPresent(detail -> body.complain("expires", detail));
    }
    return end;
  }

  private Optional<Instant> end(JsonBody body, String text) {
    try {
      Optional<Instant> end = Words.duration(text).map(now::plus).or(() -> Words.instant(text));
      if (end.isEmpty()) {
        body.complain(
            "expires",
            "`"
                + text
                + "` is neither a duration such as `90d` nor a time such as"
                + " `2027-01-01T00:00:00Z`");
      }
      return end;
    } catch (DateTimeException | ArithmeticException e) {
      body.complain("expires", "`" + text + "` is too far away");
      return Optional.empty();
    }
  }
}
