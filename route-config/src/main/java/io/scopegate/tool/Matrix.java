package io.scopegate.tool;

import io.scopegate.permission.Role;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Policy;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.Route;
import io.scopegate.route.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who may use which row: every role of the table, held alone at its level, against every row. A row
 * with a condition is looked at as if it held. Immutable.
 *
 * @param roles {@code level:NAME}, from the organization downwards
 * @param routes in the order of the table
 */
public record Matrix(List<String> roles, List<Row> routes) {

  /** Copies what it is given. */
  public Matrix {
    roles = List.copyOf(roles);
    routes = List.copyOf(routes);
  }

  /**
   * One row.
   *
   * @param allowed the roles that get through with a credential that hands over everything; in
   *     shadow mode everybody does
   * @param open {@code public} or {@code authenticated} where no role is needed, {@code shadow}
   *     where refusals are overruled
   */
  public record Row(String id, List<String> allowed, Optional<String> open) {
    /** Copies what it is given. */
    public Row {
      allowed = List.copyOf(allowed);
    }
  }

  /** Tries every role on every row. */
  public static Matrix of(Policy policy) {
    List<Holder.Held> roles = roles(policy);
    List<Row> rows =
        policy.routes().routes().stream().map(route -> row(policy, route, roles)).toList();
    return new Matrix(roles.stream().map(Holder.Held::label).toList(), rows);
  }

  /** Returns the roles of a policy, from the organization downwards and by name. */
  static List<Holder.Held> roles(Policy policy) {
    return policy.roles().roles().stream()
        .sorted(Comparator.comparing(Role::level))
        .map(role -> Holder.Held.declared(role.level(), role.name()))
        .toList();
  }

  private static Row row(Policy policy, Route route, List<Holder.Held> roles) {
    RowTrial trial = RowTrial.here(policy, route);
    CredentialKind kind = kind(route);
    List<String> allowed = new ArrayList<>();
    for (Holder.Held role : roles) {
      Caller caller = Holder.of(role).whole(kind, trial.policy());
      if (trial.decide(HttpFields.none(), caller) instanceof Decision.Allow) {
        allowed.add(role.label());
      }
    }
    return new Row(route.id(), allowed, open(route));
  }

  private static CredentialKind kind(Route route) {
    Optional<CredentialKind> wanted =
        route.rule() instanceof Rule.Permitted permitted
            ? permitted.credential()
            : route.rule() instanceof Rule.Authenticated authenticated
                ? authenticated.credential()
                : Optional.empty();
    return wanted.orElse(CredentialKind.SESSION);
  }

  private static Optional<String> open(Route route) {
    if (route.isPublic()) {
      return Optional.of("public");
    }
    if (route.forwarding().shadow()) {
      return Optional.of("shadow");
    }
    return route.rule() instanceof Rule.Authenticated
        ? Optional.of("authenticated")
        : Optional.empty();
  }
}
