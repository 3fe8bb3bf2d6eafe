package io.scopegate.route;

import org.jspecify.annotations.Nullable;

/** A request target that is not in origin form (RFC 9112 §3.2). */
final class AbsoluteForm {
  private AbsoluteForm() {}

  /** Returns why the target has no origin form at this authority, or null if it has one. */
  static @Nullable String refusal(String target, Authority here) {
    int from = schemeLength(target);
    if (from == 0) {
      return "the target does not begin with a slash";
    }
    String authority = target.substring(from, authorityEnd(target, from));
    if (authority.indexOf('@') >= 0) {
      return "the target names a user";
    }
    // The port counts as it is spelt: that `:80` and none are the same is not everybody's reading.
    if (!here.equals(Authority.parse(authority))) {
      return "the target names another authority than `Host`";
    }
    return null;
  }

  /** Returns the origin form of a target that has one. */
  static String origin(String target) {
    String rest = target.substring(authorityEnd(target, schemeLength(target)));
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private static int schemeLength(String target) {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return 7;
    }
    return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : 0;
  }

  private static int authorityEnd(String target, int from) {
    int end = from;
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return end;
  }
}
