package io.scopegate.route;

import org.jspecify.annotations.Nullable;

/** Reads one key of a query whose escapes are complete. */
final class QueryReader {
  private final String query;
  private final String key;
  private int found;
  private int from;
  private int to;
  private @Nullable String ambiguity;

  private QueryReader(String query, String key) {
    this.query = query;
    this.key = key;
  }

  /** Returns why a target's query cannot be, or null if it can. */
  static @Nullable String refusal(String target, int from) {
    for (int at = from; at < target.length(); at++) {
      char c = target.charAt(at);
      String refusal = TargetCharacter.of(c).refusalInQuery();
      if (refusal != null) {
        return refusal;
      }
      if (c == '%' && !Escapes.standsAt(target, at)) {
        return PathReader.BAD_ESCAPE;
      }
    }
    return null;
  }

  /** Returns what a query says of a key. */
  static QueryValue value(String query, String key) {
    if (key.indexOf(';') >= 0 && query.indexOf(';') >= 0) {
      return new QueryValue.Ambiguous("the query holds a `;` that is part of a key or ends one");
    }
    QueryReader reader = new QueryReader(query, key);
    int from = 0;
    boolean afterSemicolon = false;
    for (int at = 0; at <= query.length(); at++) {
      char c = at == query.length() ? '&' : query.charAt(at);
      if (c == '&' || c == ';') {
        reader.field(from, at, afterSemicolon || c == ';');
        from = at + 1;
        afterSemicolon = c == ';';
      }
    }
    return reader.value();
  }

  /**
   * Takes a look at one field.
   *
   * @param semicolon whether only those who split at {@code ;} read it so
   */
  private void field(int start, int end, boolean semicolon) {
    int equals = query.indexOf('=', start);
    int keyEnd = equals < 0 || equals > end ? end : equals;
    boolean asSent = keyEnd - start == key.length() && query.startsWith(key, start);
    if (!asSent && !(isEscaped(start, keyEnd) && key.equals(decoded(start, keyEnd)))) {
      return;
    }
    found++;
    from = Math.min(keyEnd + 1, end);
    to = end;
    if (!asSent) {
      ambiguity = "is spelt with escapes";
    } else if (semicolon) {
      ambiguity = "stands next to a `;`";
    }
  }

  private boolean isEscaped(int start, int end) {
    for (int at = start; at < end; at++) {
      if (query.charAt(at) == '%' || query.charAt(at) == '+') {
        return true;
      }
    }
    return false;
  }

  private @Nullable String decoded(int start, int end) {
    return Escapes.decoded(query, start, end, true);
  }

  private QueryValue value() {
    if (found == 0) {
      return new QueryValue.Absent();
    }
    String value = decoded(from, to);
    String detail = ambiguity;
    if (detail == null && found > 1) {
      detail = "is repeated";
    } else if (detail == null && value == null) {
      detail = "has a value that is no UTF-8";
    }
    return detail == null && value != null
        ? new QueryValue.Single(value)
        : new QueryValue.Ambiguous("the query key `" + key + "` " + detail);
  }
}
