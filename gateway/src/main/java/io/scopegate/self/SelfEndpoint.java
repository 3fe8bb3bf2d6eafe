package io.scopegate.self;

import io.scopegate.policy.Decision;
import java.util.Optional;

/**
 * What a request to the backend {@code self} asks for. It is told by the end of the path, because
 * rows may carry any prefix, and by words of the row rather than of the request: a parameter of a
 * row that happens to be called {@code me} must not lead to what the row does not guard. Only a row
 * that ends in a rest leaves the words to the request. Immutable.
 *
 * @param tokenId which token, if it is about one
 */
record SelfEndpoint(Kind kind, String tokenId) {

  /** The endpoints. */
  enum Kind {
    /** Who the caller is. */
    WHO,
    /** What would be decided. */
    QUESTION,
    /** The caller's tokens. */
    LIST,
    /** A new token. */
    CREATION,
    /** Another value of a token. */
    ROTATION,
    /** The end of a token. */
    REVOCATION
  }

  /** Finds the endpoint; a method that the path does not take leads to none. */
  static Optional<SelfEndpoint> of(Decision.Allow allow) {
    Words words = new Words(allow);
    String method = allow.line().method().equals("HEAD") ? "GET" : allow.line().method();
    // From the longest: `…/tokens/me` is a token, not the caller.
    if (words.at(2).equals("tokens") && words.at(0).equals("rotate")) {
      return method.equals("POST")
          ? Optional.of(new SelfEndpoint(Kind.ROTATION, words.ofRequest(1)))
          : Optional.empty();
    }
    if (words.at(1).equals("tokens")) {
      return method.equals("DELETE")
          ? Optional.of(new SelfEndpoint(Kind.REVOCATION, words.ofRequest(0)))
          : Optional.empty();
    }
    return switch (method + " " + words.at(0)) {
      case "GET me" -> Optional.of(new SelfEndpoint(Kind.WHO, ""));
      case "POST can-i" -> Optional.of(new SelfEndpoint(Kind.QUESTION, ""));
      case "GET tokens" -> Optional.of(new SelfEndpoint(Kind.LIST, ""));
      case "POST tokens" -> Optional.of(new SelfEndpoint(Kind.CREATION, ""));
      default -> Optional.empty();
    };
  }

  /** The segments of a request and its row, counted from the end. */
  private static final class Words {
    private final String[] request;
    private final String[] row;

    Words(Decision.Allow allow) {
      request = allow.line().path().split("/", -1);
      String[] template = allow.row().path().text().split("/", -1);
      boolean rest = template[template.length - 1].endsWith("*}");
      row = rest ? request : template;
    }

    String at(int fromEnd) {
      return segment(row, fromEnd);
    }

    String ofRequest(int fromEnd) {
      return segment(request, fromEnd);
    }

    private static String segment(String[] segments, int fromEnd) {
      int index = segments.length - 1 - fromEnd;
      return index < 0 ? "" : segments[index];
    }
  }
}
