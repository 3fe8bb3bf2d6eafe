package io.scopegate.tool;

import io.scopegate.route.PathTemplate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The path of an OpenAPI operation as a template of the route table. Safe from any thread. */
final class OperationPath {
  private static final Pattern PARAMETER = Pattern.compile("\\{([^{}/]*)\\}");

  private OperationPath() {}

  /** Returns the text of the template, with names that the table takes. */
  static String text(String path) {
    Map<String, Integer> used = new HashMap<>();
    Matcher matcher = PARAMETER.matcher(path);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1).replaceAll("[^A-Za-z0-9_.-]", "_");
      if (!name.matches("[A-Za-z_].*")) {
        name = "p" + name;
      }
      int number = used.merge(name, 1, Integer::sum);
      String unique = number == 1 ? name : name + "_" + number;
      matcher.appendReplacement(text, Matcher.quoteReplacement("{" + unique + "}"));
    }
    return matcher.appendTail(text).toString();
  }

  /** Returns the template, or nothing if the table cannot say it. */
  static Optional<PathTemplate> template(String text) {
    try {
      return Optional.of(PathTemplate.parse(text));
    } catch (IllegalArgumentException impossible) {
      return Optional.empty();
    }
  }
}
