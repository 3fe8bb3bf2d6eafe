package io.scopegate.route;

import io.scopegate.permission.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who gets through a row. Immutable. */
public sealed interface Rule {
  /** Everybody; no credential is looked at. */
  record Public() implements Rule {}

  /**
   * Whoever has a valid credential.
   *
   * @param credential the only kind that will do, if the row says so
   */
  record Authenticated(Optional<CredentialKind> credential) implements Rule {}

  /**
   * Whoever holds what is required.
   *
   * @param requirement the permissions
   * @param roles per level the roles of which the caller must have at least one; empty if the row
   *     asks for none
   * @param target where the requirement is held
   * @param credential the only kind that will do, if the row says so
   */
  record Permitted(
      Requirement requirement,
      Map<Level, List<String>> roles,
      Target target,
      Optional<CredentialKind> credential)
      implements Rule {
    /** Copies what it is given. */
    public Permitted {
      roles = Map.copyOf(roles);
    }
  }

  /** Where a requirement is held. */
  enum Target {
    ORGANIZATION,
    TEAM,
    PROJECT,
    /** In at least one organization within the credential's bounds. */
    ANY_ORGANIZATION,
    /**
     * At the organization, or at one project that the caller reaches: the row lists projects. The
     * project among its places says who reaches them; no request names it.
     */
    LISTED_PROJECTS
  }
}
