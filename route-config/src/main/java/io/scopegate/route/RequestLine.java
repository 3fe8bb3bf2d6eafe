package io.scopegate.route;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Method, target and host of a request in the one accepted spelling. Ambiguity is rejected, never
 * repaired: what was judged is byte for byte what is forwarded. Immutable.
 */
public final class RequestLine implements Reading {
  private final String method;
  private final String target;
  private final String host;
  private final int pathEnd;
  private final boolean encodedSlash;
  private final boolean pathParameters;
  private final Segments whole;
  private final Segments bare;

  private RequestLine(String method, String target, String host, PathReader path) {
    this.method = method;
    this.target = target;
    this.host = host;
    this.pathEnd = path.end();
    this.encodedSlash = path.hasEncodedSlash();
    this.pathParameters = path.hasPathParameters();
    this.whole = path.whole();
    this.bare = path.bare();
  }

  /**
   * Reads a request line.
   *
   * @param method the method as sent
   * @param target the request target as sent (RFC 9112 §3.2), one character a byte
   * @param authority the value of {@code Host} as sent, one character a byte
   */
  public static Reading parse(String method, String target, String authority) {
    if (!isToken(method)) {
      return new Refused("the method is no token");
    }
    Authority here = Authority.parse(authority);
    if (here == null) {
      return new Refused("`Host` names no host");
    }
    String origin = target;
    if (!target.startsWith("/")) {
      String refusal = AbsoluteForm.refusal(target, here);
      if (refusal != null) {
        return new Refused(refusal);
      }
      origin = AbsoluteForm.origin(target);
    }
    PathReader path = new PathReader(origin);
    String refusal = path.refusal();
    if (refusal == null) {
      refusal = QueryReader.refusal(origin, path.end());
    }
    return refusal == null
        ? new RequestLine(method, origin, here.host(), path)
        : new Refused(refusal);
  }

  private RequestLine(String method, RequestLine other) {
    this.method = method;
    this.target = other.target;
    this.host = other.host;
    this.pathEnd = other.pathEnd;
    this.encodedSlash = other.encodedSlash;
    this.pathParameters = other.pathParameters;
    this.whole = other.whole;
    this.bare = other.bare;
  }

  /** Returns the line of the request that this one announces: the same but for its method. */
  public RequestLine announced(String announcedMethod) {
    return new RequestLine(announcedMethod, this);
  }

  /** Says whether it is a token of RFC 9110 §5.6.2. */
  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Ascii.isLetter(c) && !Ascii.isDigit(c) && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Returns the method as sent. */
  public String method() {
    return method;
  }

  /** Returns the target in origin form, byte for byte as sent: path and query. */
  public String target() {
    return target;
  }

  /** Returns the path as sent, without the query. */
  public String path() {
    return target.substring(0, pathEnd);
  }

  /** Returns the query as sent, without its question mark, if there is one. */
  public Optional<String> query() {
    return pathEnd == target.length()
        ? Optional.empty()
        : Optional.of(target.substring(pathEnd + 1));
  }

  /** Returns the host, lower-cased, without its port. */
  public String host() {
    return host;
  }

  /** Returns what the query says of this key. */
  public QueryValue queryValue(String key) {
    Optional<String> query = query();
    return query.isEmpty() ? new QueryValue.Absent() : QueryReader.value(query.get(), key);
  }

  /**
   * Says whether a segment holds an encoded slash or backslash, which only a row with {@code
   * encodedSlash} takes.
   */
  public boolean hasEncodedSlash() {
    return encodedSlash;
  }

  /**
   * Says whether a segment holds a {@code ;}, encoded or not, which only a row with {@code
   * pathParameters} takes.
   */
  public boolean hasPathParameters() {
    return pathParameters;
  }

  /** Returns the decoded segments, each with its path parameters. */
  Segments wholeSegments() {
    return whole;
  }

  /** Returns the decoded segments without path parameters. */
  Segments bareSegments() {
    return bare;
  }

  /**
   * Returns why the request is refused even if it meets no row, if it has a spelling that only a
   * row could take.
   */
  public Optional<String> refusalWithoutRow() {
    return Optional.ofNullable(refusal(false, false));
  }

  /** Returns why a row that takes only so much cannot take it, or null if the row can. */
  @Nullable String refusal(boolean takesEncodedSlash, boolean takesPathParameters) {
    if (encodedSlash && !takesEncodedSlash) {
      return "the path holds an encoded slash or backslash";
    }
    return pathParameters && !takesPathParameters ? "the path holds a `;`" : null;
  }
}
