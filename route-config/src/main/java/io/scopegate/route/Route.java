package io.scopegate.route;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One row of the table. Immutable.
 *
 * @param id its name in metrics, logs and tools; unique in a table
 * @param at where it stands: the value of its {@code match}
 * @param methods the methods as the row spells them; {@link #ANY} alone for {@code ANY}
 * @param host the host it is limited to, if any
 * @param path its full path template, with prefixes
 * @param when the condition under which it counts, if it has one
 * @param rule who gets through
 * @param places the places that it names
 * @param forwarding where an allowed request goes
 * @param cors which pages of other sites may use it; where it is absent, that is the backend's
 *     business
 * @param encodedSlash whether an encoded slash or backslash is let through
 * @param pathParameters whether {@code ;} parameters are let through
 */
public record Route(
    String id,
    Position at,
    Set<String> methods,
    Optional<HostPattern> host,
    PathTemplate path,
    Optional<Condition> when,
    Rule rule,
    Places places,
    Forwarding forwarding,
    Optional<Cors> cors,
    boolean encodedSlash,
    boolean pathParameters,
    String description,
    List<String> tags) {

  /** What {@code ANY} is called among the methods. */
  public static final String ANY = "ANY";

  /** The methods that {@code ANY} stands for. */
  public static final Set<String> ANY_METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

  /** Copies what it is given. */
  public Route {
    methods = Set.copyOf(methods);
    tags = List.copyOf(tags);
  }

  /** Says whether no credential is looked at. */
  public boolean isPublic() {
    return rule instanceof Rule.Public;
  }
}
