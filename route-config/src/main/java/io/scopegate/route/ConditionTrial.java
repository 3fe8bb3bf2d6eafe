package io.scopegate.route;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tries the condition of one row on one request. */
final class ConditionTrial {
  private final RouteMatch match;
  private final Route row;
  private final HttpFields fields;
  private final Optional<String> subject;
  private @Nullable String ambiguity;

  ConditionTrial(RouteMatch match, Route row, HttpFields fields, Optional<String> subject) {
    this.match = match;
    this.row = row;
    this.fields = fields;
    this.subject = subject;
  }

  /** Returns what is ambiguous, or null if nothing that was looked at is. */
  @Nullable String ambiguity() {
    return ambiguity;
  }

  /** Says whether every clause holds. */
  boolean holds(Condition condition) {
    boolean holds = true;
    for (Condition.Clause clause : condition.clauses()) {
      // Every clause is looked at: what is ambiguous must not hide behind one that fails.
      holds &= holds(clause);
    }
    return holds && ambiguity == null;
  }

  private boolean holds(Condition.Clause clause) {
    if (clause instanceof Condition.Own own) {
      return subject.isPresent() && subject.get().equals(match.parameter(row, own.parameter()));
    }
    if (clause instanceof Condition.Query query) {
      return passes(query.test(), query(query.key()));
    }
    if (clause instanceof Condition.Header header) {
      return passes(header.test(), header(header.name()));
    }
    Condition.Parameter parameter = (Condition.Parameter) clause;
    return passes(parameter.test(), match.parameter(row, parameter.name()));
  }

  private @Nullable String query(String key) {
    QueryValue value = match.line().queryValue(key);
    if (value instanceof QueryValue.Ambiguous ambiguous) {
      ambiguity = ambiguous.detail();
    }
    return value instanceof QueryValue.Single single ? single.value() : null;
  }

  private @Nullable String header(String name) {
    List<String> values = fields.values(name);
    if (values.size() > 1) {
      ambiguity = "the header field `" + name + "` is repeated";
    }
    return values.size() == 1 ? trimmed(values.get(0)) : null;
  }

  /** Returns a field value without optional whitespace around it (RFC 9110 §5.5). */
  private static String trimmed(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && isBlank(value.charAt(from))) {
      from++;
    }
    while (from < to && isBlank(value.charAt(to - 1))) {
      to--;
    }
    return value.substring(from, to);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean passes(Condition.Test test, @Nullable String value) {
    if (test instanceof Condition.Accepted accepted) {
      return value != null && accepted.accepts().test(value);
    }
    return (test instanceof Condition.Present) == (value != null);
  }
}
