package io.scopegate.proxy;

import java.util.Optional;

/** The session cookie, which no backend sees or sets. Immutable. */
final class GatewayCookie {
  static final String NAME = "__Host-scopegate";

  private GatewayCookie() {}

  /** Returns a {@code Cookie} value without it; empty if nothing is left. */
  static Optional<String> without(String value) {
    if (!value.contains(NAME)) {
      return Optional.of(value);
    }
    StringBuilder rest = new StringBuilder(value.length());
    for (String pair : value.split(";", -1)) {
      String cookie = pair.strip();
      if (!cookie.isEmpty() && !isNamed(cookie)) {
        rest.append(rest.isEmpty() ? "" : "; ").append(cookie);
      }
    }
    return rest.isEmpty() ? Optional.empty() : Optional.of(rest.toString());
  }

  /** Says whether a {@code Set-Cookie} value is about it. */
  static boolean isSetBy(String value) {
    return isNamed(value.strip());
  }

  private static boolean isNamed(String cookie) {
    if (!cookie.regionMatches(true, 0, NAME, 0, NAME.length())) {
      return false;
    }
    String rest = cookie.substring(NAME.length()).stripLeading();
    return rest.isEmpty() || rest.startsWith("=") || rest.startsWith(";");
  }
}
