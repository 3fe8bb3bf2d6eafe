package io.scopegate.command;

import io.scopegate.permission.Permission;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A caller that a user supposes. Immutable.
 *
 * @param subject who; {@code anonymous} is nobody
 * @param scopes of the token; empty for a session
 * @param projects each {@code organization/project}
 */
record SupposedCaller(
    String subject,
    Optional<List<String>> scopes,
    Optional<String> organization,
    List<String> projects) {

  /** Returns the scopes of a list with commas. */
  static List<String> split(String list) {
    return Arrays.stream(list.split(",", -1)).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /** Returns the caller; what cannot be supposed ends the command. */
  Caller caller(Policy policy, Identities identities) {
    if (scopes.isEmpty() && (organization.isPresent() || !projects.isEmpty())) {
      throw Failure.broken("only a token has bounds: name what it carries with `--scopes`");
    }
    if (subject.equals("anonymous")) {
      return new Caller.Anonymous();
    }
    Optional<Principal> principal = identities.principal(subject);
    if (principal.isEmpty()) {
      return new Caller.Invalid();
    }
    if (scopes.isEmpty()) {
      return Caller.Authenticated.session(principal.get());
    }
    scopes.get().forEach(scope -> check(scope, policy));
    return new Caller.Authenticated(
        principal.get(),
        Delegation.of(scopes.get(), bounds(identities), policy),
        CredentialKind.TOKEN,
        "supposed");
  }

  private static void check(String scope, Policy policy) {
    Optional<Permission> permission = policy.catalog().find(scope);
    if (!scope.equals("*") && permission.isEmpty()) {
      throw Failure.broken(
          "unknown permission `" + scope + "`" + Failure.hint(scope, policy.catalog().names()));
    }
    if (permission.filter(Permission::planned).isPresent()) {
      throw Failure.broken(
          "permission `" + scope + "` is planned: no token can be issued with it yet");
    }
  }

  private Bounds bounds(Identities identities) {
    Set<String> organizations = new TreeSet<>();
    organization.ifPresent(name -> organizations.add(find(name, identities).id()));
    Set<String> ids = new TreeSet<>();
    for (String project : projects) {
      int slash = project.indexOf('/');
      if (slash < 1 || slash == project.length() - 1) {
        throw Failure.broken("the project `" + project + "` is not spelt `organization/project`");
      }
      Organization found = find(project.substring(0, slash), identities);
      organizations.add(found.id());
      ids.add(
          found
              .project(project.substring(slash + 1))
              .orElseThrow(() -> Failure.broken("unknown project `" + project + "`"))
              .id());
    }
    if (organizations.isEmpty()) {
      return Bounds.none();
    }
    if (organizations.size() > 1) {
      throw Failure.broken("a token can be bound to the projects of one organization only");
    }
    String only = organizations.iterator().next();
    return ids.isEmpty() ? Bounds.organization(only) : Bounds.projects(only, ids);
  }

  private static Organization find(String name, Identities identities) {
    return identities.organizations().stream()
        .map(Identities.Entry::organization)
        .filter(one -> one.isCalled(name))
        .findFirst()
        .orElseThrow(() -> Failure.broken("unknown organization `" + name + "`"));
  }
}
