package io.scopegate.tool;

import java.util.List;
import java.util.Map;

/** The results of policy tests as the XML that build servers read. Safe from any thread. */
public final class JUnitReport {
  private JUnitReport() {}

  /**
   * Returns the report.
   *
   * @param results by the file of the tests
   */
  public static String text(Map<String, List<PolicyTests.Result>> results) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append("<testsuites")
        .append(counts(results.values().stream().flatMap(List::stream).toList()));
    xml.append(">\n");
    results.forEach(
        (file, tests) -> {
          xml.append("  <testsuite name=\"").append(escaped(file)).append('"');
          xml.append(counts(tests)).append(">\n");
          tests.forEach(test -> xml.append(testCase(file, test)));
          xml.append("  </testsuite>\n");
        });
    return xml.append("</testsuites>\n").toString();
  }

  private static String counts(List<PolicyTests.Result> tests) {
    long failed = tests.stream().filter(test -> !test.passed()).count();
    return " tests=\"" + tests.size() + "\" failures=\"" + failed + "\" errors=\"0\" skipped=\"0\"";
  }

  private static String testCase(String file, PolicyTests.Result test) {
    String head =
        "    <testcase classname=\"" + escaped(file) + "\" name=\"" + escaped(test.name()) + "\"";
    if (test.passed()) {
      return head + "/>\n";
    }
    return head
        + ">\n      <failure message=\""
        + escaped(test.failure())
        + "\">"
        + escaped(test.explanation().text())
        + "</failure>\n    </testcase>\n";
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\n' -> escaped.append("&#10;");
                default -> {
                  // XML 1.0 §2.2 has no way to write the others.
                  boolean legal =
                      point == '\t'
                          || (point >= 0x20 && point <= 0xD7FF)
                          || (point >= 0xE000 && point <= 0xFFFD)
                          || point > 0xFFFF;
                  escaped.appendCodePoint(legal ? point : 0xFFFD);
                }
              }
            });
    return escaped.toString();
  }
}
