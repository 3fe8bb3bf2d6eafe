package io.scopegate.authn.session;

import io.scopegate.policy.Bounds;
import io.scopegate.policy.Delegation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the claims of one issuer say of a session: its subject, what it hands over, and its
 * roles if they come along. What is not as it must be makes the whole token worthless. Immutable.
 */
final class ClaimReader {
  private static final int MAX_SUBJECT = 255;
  private static final int MAX_PLACES = 1_000;

  private final Issuer issuer;
  private final Set<String> foreignPrefixes;

  /**
   * Reads the claims of an issuer.
   *
   * @param foreignPrefixes what the subjects of other issuers begin with, and none of its own
   */
  ClaimReader(Issuer issuer, Set<String> foreignPrefixes) {
    this.issuer = issuer;
    this.foreignPrefixes = Set.copyOf(foreignPrefixes);
  }

  /** A claim that is not as it must be. */
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable() {
      super("unreadable claims", null, false, false);
    }
  }

  /**
   * Returns the session that is claimed, if it is.
   *
   * @param proof what it was verified by
   */
  Optional<Session> session(Map<String, Object> claims, TokenRules.Span span, Proof proof) {
    try {
      return Optional.of(
          new Session(subject(claims), delegation(claims), roles(claims), span, proof));
    } catch (Unreadable e) {
      return Optional.empty();
    }
  }

  private String subject(Map<String, Object> claims) {
    String subject = issuer.prefix() + text(issuer.subject().in(claims));
    if (subject.length() > MAX_SUBJECT
        || !isVisible(subject)
        || foreignPrefixes.stream().anyMatch(subject::startsWith)) {
      throw new Unreadable();
    }
    return subject;
  }

  private static String text(@Nullable Object value) {
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw new Unreadable();
  }

  private static boolean isVisible(String text) {
    return text.chars().allMatch(c -> c > 0x20 && c < 0x7F);
  }

  private Delegation delegation(Map<String, Object> claims) {
    // Whatever the list holds, it restricts: a `*` in it is no permission's name.
    return issuer.delegatesFully()
        ? Delegation.ofSession()
        : new Delegation.Restricted(scopes(claims), Bounds.none());
  }

  /** Returns {@code scope} (RFC 8693 §4.2), or {@code scp} where an issuer calls it so. */
  private static List<String> scopes(Map<String, Object> claims) {
    Optional<Set<String>> scope =
        claims.containsKey("scope") ? Optional.of(words(claims.get("scope"))) : Optional.empty();
    Optional<Set<String>> scp =
        claims.containsKey("scp") ? Optional.of(listOrWords(claims.get("scp"))) : Optional.empty();
    if (scope.isPresent() && scp.isPresent() && !scope.equals(scp)) {
      throw new Unreadable();
    }
    return scope.or(() -> scp).orElse(Set.of()).stream().filter(ClaimReader::isName).toList();
  }

  private static Set<String> words(@Nullable Object value) {
    if (!(value instanceof String text)) {
      throw new Unreadable();
    }
    Set<String> words = new LinkedHashSet<>();
    for (String word : text.split(" ", -1)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  private static Set<String> listOrWords(@Nullable Object value) {
    return value instanceof List<?> ? list(value) : words(value);
  }

  private static Set<String> list(@Nullable Object value) {
    Set<String> texts = new LinkedHashSet<>();
    if (value instanceof List<?> items) {
      items.forEach(item -> texts.add(text(item)));
      return texts;
    }
    throw new Unreadable();
  }

  /** Other issuers have scopes of other forms; they are no permission's name and go. */
  private static boolean isName(String word) {
    return !word.equals("*")
        && isVisible(word)
        && word.chars().noneMatch(c -> c == ',' || c == ';' || c == '"' || c == '\\');
  }

  private Optional<List<ClaimedRoles>> roles(Map<String, Object> claims) {
    return issuer
        .memberships()
        .map(
            mapping ->
                mapping.organizations().isPresent()
                    ? everywhere(mapping, mapping.organizations().get().in(claims))
                    : inOne(mapping, claims));
  }

  private List<ClaimedRoles> everywhere(
      Issuer.ClaimedMemberships mapping, @Nullable Object organizations) {
    List<ClaimedRoles> all = new ArrayList<>();
    for (Map.Entry<String, Object> entry : members(organizations).entrySet()) {
      Map<String, Object> there = members(entry.getValue());
      all.add(
          new ClaimedRoles(
              id(entry.getKey()),
              names(mapping, there.get("roles")),
              places(mapping, there.get("teams")),
              places(mapping, there.get("projects"))));
    }
    return all;
  }

  private List<ClaimedRoles> inOne(Issuer.ClaimedMemberships mapping, Map<String, Object> claims) {
    Object claimed = in(claims, mapping.organization());
    if (claimed == null && mapping.onlyOrganization().isEmpty()) {
      return List.of();
    }
    return List.of(
        new ClaimedRoles(
            mapping.onlyOrganization().orElseGet(() -> id(text(claimed))),
            names(mapping, in(claims, mapping.roles())),
            places(mapping, in(claims, mapping.teams())),
            places(mapping, in(claims, mapping.projects()))));
  }

  private static @Nullable Object in(Map<String, Object> claims, Optional<ClaimPath> path) {
    return path.isEmpty() ? null : path.get().in(claims);
  }

  private Map<String, Set<String>> places(
      Issuer.ClaimedMemberships mapping, @Nullable Object value) {
    Map<String, Set<String>> places = new HashMap<>();
    members(value).forEach((place, roles) -> places.put(id(place), names(mapping, roles)));
    return places;
  }

  /** Returns the roles that the words of a claim stand for; words that stand for none go. */
  private static Set<String> names(Issuer.ClaimedMemberships mapping, @Nullable Object value) {
    Set<String> names = new LinkedHashSet<>();
    if (value == null) {
      return names;
    }
    for (String word : value instanceof String one ? Set.of(one) : list(value)) {
      String name = mapping.names().isEmpty() ? word : mapping.names().get(word);
      if (name != null) {
        names.add(name);
      }
    }
    return names;
  }

  /** Returns the members of an object; one that is absent has none. */
  private static Map<String, Object> members(@Nullable Object value) {
    Map<String, Object> members = new HashMap<>();
    if (value == null) {
      return members;
    }
    if (!(value instanceof Map<?, ?> map) || map.size() > MAX_PLACES) {
      throw new Unreadable();
    }
    map.forEach((name, member) -> members.put((String) name, member));
    return members;
  }

  private static String id(String text) {
    if (text.equals("*") || !isName(text) || text.isEmpty() || text.indexOf('/') >= 0) {
      throw new Unreadable();
    }
    return text;
  }
}
