package io.scopegate.policy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The content of an identities file: organizations, who holds what in them, and tokens. Immutable.
 *
 * @param organizations each with its members
 * @param disabled the subjects that hold nothing
 * @param enabled the subjects that are named without being disabled
 * @param tokens to create, or kept if the subject has one of the name
 */
public record Identities(
    List<Entry> organizations, Set<String> disabled, Set<String> enabled, List<Token> tokens) {

  /** Copies what it is given. */
  public Identities {
    organizations = List.copyOf(organizations);
    disabled = Set.copyOf(disabled);
    enabled = Set.copyOf(enabled);
    tokens = List.copyOf(tokens);
  }

  /**
   * An organization and the roles held in it.
   *
   * @param members per subject its roles at the organization
   * @param teamMembers per team id, per subject its roles there
   * @param projectMembers per project id, per subject its roles there
   */
  public record Entry(
      Organization organization,
      Map<String, Set<String>> members,
      Map<String, Map<String, Set<String>>> teamMembers,
      Map<String, Map<String, Set<String>>> projectMembers) {
    /** Copies what it is given. */
    public Entry {
      members = Map.copyOf(members);
      teamMembers = Map.copyOf(teamMembers);
      projectMembers = Map.copyOf(projectMembers);
    }

    /** Returns what the subject holds here, if anything. */
    public Optional<Membership> membership(String subject) {
      Set<String> roles = members.getOrDefault(subject, Set.of());
      Map<String, Set<String>> teams = heldIn(teamMembers, subject);
      Map<String, Set<String>> projects = heldIn(projectMembers, subject);
      return roles.isEmpty() && teams.isEmpty() && projects.isEmpty()
          ? Optional.empty()
          : Optional.of(new Membership(organization, roles, teams, projects));
    }

    private static Map<String, Set<String>> heldIn(
        Map<String, Map<String, Set<String>>> places, String subject) {
      Map<String, Set<String>> held = new TreeMap<>();
      places.forEach(
          (place, members) -> {
            Set<String> roles = members.get(subject);
            if (roles != null) {
              held.put(place, roles);
            }
          });
      return held;
    }
  }

  /**
   * A token of the file.
   *
   * @param name unique among the subject's tokens
   * @param scopes as listed, possibly {@code *}
   * @param digest the SHA-256 of an existing secret in hex, if the token brings one
   */
  public record Token(
      String subject,
      String name,
      List<String> scopes,
      Bounds bounds,
      Optional<Instant> expires,
      Optional<String> digest) {
    /** Copies what it is given. */
    public Token {
      scopes = List.copyOf(scopes);
    }
  }

  /** Returns the subjects that the file names. */
  public Set<String> subjects() {
    Set<String> subjects = new TreeSet<>(disabled);
    subjects.addAll(enabled);
    tokens.forEach(token -> subjects.add(token.subject()));
    organizations.forEach(
        entry -> {
          subjects.addAll(entry.members().keySet());
          entry.teamMembers().values().forEach(held -> subjects.addAll(held.keySet()));
          entry.projectMembers().values().forEach(held -> subjects.addAll(held.keySet()));
        });
    return subjects;
  }

  /** Returns what the file says of this subject; empty if it is disabled. */
  public Optional<Principal> principal(String subject) {
    if (disabled.contains(subject)) {
      return Optional.empty();
    }
    return Optional.of(
        new Principal(
            subject,
            organizations.stream().flatMap(entry -> entry.membership(subject).stream()).toList()));
  }
}
