package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.file.PolicyTestFile;
import io.scopegate.policy.Policy;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class JUnitReportTest {
  private static final String TABLE =
      "apiVersion: scopegate/v1\nbackend: core\nroutes: [{ match: GET /x, access: public }]\n";
  private static final String TESTS =
      """
      tests:
        - { name: 'all <well> & "good"', as: anonymous, request: GET /x, expect: allow }
        - { name: "not \\u0007 well", as: anonymous, request: GET /y, expect: allow }
      """;

  private static Document report() throws Exception {
    Policy policy =
        PolicyReader.read("r.yaml", FileSource.of(Map.of("r.yaml", TABLE)), Optional.empty())
            .policy()
            .orElseThrow();
    PolicyTestFile tests =
        PolicyTestFile.read("t.test.yaml", FileSource.of(Map.of("t.test.yaml", TESTS)), policy)
            .tests()
            .orElseThrow();
    List<PolicyTests.Result> results = PolicyTests.run(policy, tests);
    String xml = JUnitReport.text(Map.of("t.test.yaml", results));
    return DocumentBuilderFactory.newDefaultInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void the_report_is_well_formed_whatever_tests_are_called() throws Exception {
    Element first = (Element) report().getElementsByTagName("testcase").item(0);

    assertThat(first.getAttribute("name")).isEqualTo("all <well> & \"good\"");
    assertThat(first.getAttribute("classname")).isEqualTo("t.test.yaml");
  }

  @Test
  void a_failure_says_what_was_wanted_and_why_it_was_decided_otherwise() throws Exception {
    Document report = report();

    assertThat(report.getDocumentElement().getAttribute("tests")).isEqualTo("2");
    assertThat(report.getDocumentElement().getAttribute("failures")).isEqualTo("1");
    Element failure = (Element) report.getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("message"))
        .isEqualTo("expected allow, got deny credential_missing");
    assertThat(failure.getTextContent()).contains("deny 401 credential_missing");
  }
}
