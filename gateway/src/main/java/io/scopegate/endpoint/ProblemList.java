package io.scopegate.endpoint;

import io.scopegate.file.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Problems of files as JSON. Safe from any thread. */
public final class ProblemList {
  private ProblemList() {}

  /** Returns the JSON of a list: {@code {"problems": […]}}. */
  public static Map<String, Object> fields(List<Problem> problems) {
    return Map.of("problems", problems.stream().map(ProblemList::fields).toList());
  }

  /** Returns the JSON of one problem. */
  public static Map<String, Object> fields(Problem problem) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", problem.file());
    fields.put("line", problem.line());
    fields.put("column", problem.column());
    fields.put("severity", problem.severity().name().toLowerCase(Locale.ROOT));
    fields.put("message", problem.message());
    fields.put("hint", problem.hint());
    return fields;
  }
}
