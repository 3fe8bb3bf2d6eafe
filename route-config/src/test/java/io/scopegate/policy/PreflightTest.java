package io.scopegate.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyReader;
import io.scopegate.route.Cors;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.tool.Explanation;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests are preflights, and which of them are granted. */
class PreflightTest {
  private static final Policy POLICY =
      policy(
          """
          apiVersion: scopegate/v1
          backend: core
          routes:
            - cors: { origins: ["https://app.test"], credentials: true }
              routes:
                - { match: "GET,POST /items/{id}", access: authenticated }
                - { match: "GET /users/{user}", when: { own: user }, access: authenticated }
                - { match: "GET /users/{user}", access: authenticated }
                - { match: "OPTIONS /asked", access: public }
                - { match: "PUT /asked", access: authenticated }
                - { match: "PUT /slashed/{id}", access: authenticated }
            - { match: "GET /anywhere", access: public, cors: { origins: ["*"] } }
            - { match: "GET /nobody", access: public, cors: { origins: [] } }
            - { match: "GET /plain", access: authenticated }
            - { match: "OPTIONS /plain", access: public }
            - { match: "OPTIONS /half", access: public }
            - match: PUT /half
              access: authenticated
              cors: { origins: ["https://app.test"] }
            - { match: "OPTIONS /slashed/{id}", access: public, encodedSlash: allow }
          """);

  private static Policy policy(String routes) {
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "routes.yaml", FileSource.of(Map.of("routes.yaml", routes)), Optional.empty());
    assertThat(outcome.problems()).isEmpty();
    return outcome.policy().orElseThrow();
  }

  /** Decides of an anonymous request; several values are separated by blanks. */
  private static Decision decision(
      Policy policy, String method, String target, String origin, String announced) {
    Map<String, List<String>> fields = new HashMap<>();
    if (!origin.equals("-")) {
      fields.put("Origin", List.of(origin.split(" ")));
    }
    if (!announced.equals("-")) {
      fields.put("Access-Control-Request-Method", List.of(announced.split(" ")));
    }
    return Authorizer.decide(
        policy,
        RequestLine.parse(method, target, "gw.test"),
        HttpFields.of(fields),
        new Caller.Anonymous());
  }

  private static String words(Decision decision) {
    if (decision instanceof Decision.Preflight preflight) {
      return "preflight " + preflight.method() + " for " + preflight.origin();
    }
    return decision instanceof Decision.Deny deny ? deny.code().word() : "allow";
  }

  @ParameterizedTest
  @CsvSource({
    // the row of the announced request decides
    "OPTIONS, /items/1,  https://app.test,      GET,     preflight GET for https://app.test",
    "OPTIONS, /items/1,  https://app.test,      POST,    preflight POST for https://app.test",
    "OPTIONS, /items/1,  https://app.test,      HEAD,    preflight HEAD for https://app.test",
    "OPTIONS, /items/1?a=b, https://app.test,   GET,     preflight GET for https://app.test",
    "OPTIONS, /users/al, https://app.test,      GET,     preflight GET for https://app.test",
    "OPTIONS, /asked,    https://app.test,      PUT,     preflight PUT for https://app.test",
    "OPTIONS, /anywhere, https://evil.test,     GET,     preflight GET for *",
    // what no row declares is decided as any other request
    "OPTIONS, /items/1,  https://app.test,      DELETE,  credential_missing",
    "OPTIONS, /items/1,  https://app.test,      post,    credential_missing",
    "OPTIONS, /items/1,  https://app.test,      OPTIONS, credential_missing",
    "OPTIONS, /items/1,  https://app.test,      G(T,     credential_missing",
    "OPTIONS, /none,     https://app.test,      GET,     credential_missing",
    // and so is what is no preflight
    "OPTIONS, /items/1,  -,                     GET,     credential_missing",
    "OPTIONS, /items/1,  https://app.test,      -,       credential_missing",
    "OPTIONS, /asked,    https://app.test,      -,       allow",
    "GET,     /items/1,  https://app.test,      POST,    credential_missing",
    "GET,     /anywhere, https://app.test,      GET,     allow",
    // other origins get what a path gets that nobody declared, even past a row for OPTIONS
    "OPTIONS, /items/1,  https://evil.test,     GET,     credential_missing",
    "OPTIONS, /items/1,  https://app.test.evil, GET,     credential_missing",
    "OPTIONS, /items/1,  https://APP.test,      GET,     credential_missing",
    "OPTIONS, /items/1,  https://app.test:443,  GET,     credential_missing",
    "OPTIONS, /items/1,  http://app.test,       GET,     credential_missing",
    "OPTIONS, /items/1,  null,                  GET,     credential_missing",
    "OPTIONS, /anywhere, null,                  GET,     credential_missing",
    "OPTIONS, /anywhere, NULL,                  GET,     credential_missing",
    "OPTIONS, /nobody,   https://app.test,      GET,     credential_missing",
    "OPTIONS, /asked,    https://evil.test,     PUT,     credential_missing",
    "OPTIONS, /half,     https://evil.test,     PUT,     credential_missing",
    "OPTIONS, /half,     https://app.test,      PUT,     preflight PUT for https://app.test",
    // where the row says nothing it is the business of its backend
    "OPTIONS, /plain,    https://app.test,      GET,     allow",
    // no two readings
    "OPTIONS, /items/1,  https://app.test https://app.test, GET, bad_request",
    "OPTIONS, /items/1,  https://app.test,      GET GET, bad_request",
    "OPTIONS, /items//1, https://app.test,      GET,     bad_request",
    "OPTIONS, /slashed/a%2fb, https://app.test, PUT,     bad_request",
    "GET,     /anywhere, https://app.test https://app.test, -, bad_request",
    "GET,     /items/1,  https://app.test https://app.test, -, bad_request",
    "GET,     /plain,    https://app.test https://app.test, -, credential_missing",
  })
  void a_preflight_is_granted_only_where_the_row_of_what_it_announces_says_so(
      String method, String target, String origin, String announced, String expected) {
    assertThat(words(decision(POLICY, method, target, origin, announced))).isEqualTo(expected);
  }

  @Test
  void a_table_that_says_nothing_of_it_leaves_preflights_to_its_backends() {
    Policy policy =
        policy(
            """
            apiVersion: scopegate/v1
            backend: core
            routes: [{ match: "OPTIONS,GET /x", access: public }]
            """);

    assertThat(words(decision(policy, "OPTIONS", "/x", "https://a https://b", "GET GET")))
        .isEqualTo("allow");
  }

  @Test
  void a_preflight_that_is_granted_is_explained() {
    Explanation explanation =
        Explanation.of(decision(POLICY, "OPTIONS", "/items/1", "https://app.test", "POST"));

    assertThat(explanation.decision()).isEqualTo("allow");
    assertThat(explanation.status()).isEqualTo(204);
    assertThat(explanation.steps())
        .extracting(Explanation.Step::detail)
        .anyMatch(detail -> detail.contains("lets pages of `https://app.test` ask for it"));
  }

  @Test
  void no_page_that_may_be_anybodys_uses_a_session() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Cors(true, Set.of(), true, "", "", Duration.ofMinutes(1)));
  }
}
