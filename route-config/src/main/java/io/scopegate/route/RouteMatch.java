package io.scopegate.route;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a request line meets: equally specific ones, of which the conditions choose.
 * Immutable.
 */
public final class RouteMatch {
  private final RequestLine line;
  private final RowGroup group;
  private final Segments path;
  private final @Nullable String refusal;

  /**
   * Joins a request line and the rows it meets.
   *
   * @param path the segments of the request line that parameters are taken from
   */
  RouteMatch(RequestLine line, RowGroup group, Segments path, @Nullable String refusal) {
    this.line = line;
    this.group = group;
    this.path = path;
    this.refusal = refusal;
  }

  /** Returns the request line. */
  public RequestLine line() {
    return line;
  }

  /**
   * Returns why the request line is malformed as far as these rows go: it has an encoded slash or a
   * path parameter that not all of them take, or leads to other rows without its path parameters. A
   * match with a refusal can be used for nothing else.
   */
  public Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  /**
   * Returns those with a condition in file order, then the one without, if there is one. Never
   * empty.
   */
  public List<Route> rows() {
    return group.rows();
  }

  /** Returns which pages of other sites may use the rows: it is the same for all of them. */
  public Optional<Cors> cors() {
    return group.cors();
  }

  /** Says whether one of the rows is public. */
  public boolean mayBePublic() {
    return group.mayBePublic();
  }

  /** Says whether the rows can be told apart only once the caller is known. */
  public boolean needsCaller() {
    return group.needsCaller();
  }

  /**
   * Chooses the row that counts.
   *
   * @param subject the caller, if known; an {@code own} clause does not hold without one
   */
  public Choice choose(HttpFields fields, Optional<String> subject) {
    return group.choose(this, fields, subject);
  }

  /**
   * Returns the decoded value of a parameter of this row's path or, if that has none of the name,
   * of its host. Of a repeated name it is the first.
   *
   * @throws IllegalArgumentException if the row has no such parameter
   */
  public String parameter(Route row, String name) {
    Optional<String> value = row.path().value(path, name);
    return value.isPresent() ? value.get() : hostLabel(row, name);
  }

  private String hostLabel(Route row, String name) {
    return row.host()
        .filter(host -> host.label().equals(Optional.of(name)))
        .flatMap(host -> host.match(line.host()))
        .orElseThrow(
            () -> new IllegalArgumentException("row `" + row.id() + "` has no `{" + name + "}`"));
  }

  /** What the conditions say. */
  public sealed interface Choice {}

  /** This row counts. */
  public record Chosen(Route row) implements Choice {}

  /** No condition applies. */
  public record None() implements Choice {}

  /**
   * A conditioned query key or header is repeated or spelt with escapes.
   *
   * @param detail what is wrong, for the caller
   */
  public record Ambiguous(String detail) implements Choice {}
}
