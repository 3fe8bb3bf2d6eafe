package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers to requests that a decision refuses, body and fields. */
@Timeout(30)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class RefusalsTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: r, work:write: w, org:admin: a }
      implies: { work:write: [work:read] }
      roles:
        organization:
          ADMIN: { grants: ["*"] }
          MEMBER: { grants: [work:write] }
      places: { organization: [{ path: org }] }
      backend: core
      routes:
        - { match: "GET /open", access: public }
        - { match: "GET /me", access: authenticated }
        - { match: "GET,PUT /orgs/{org}", require: work:write }
        - { match: "POST /orgs/{org}", require: { any: [org:admin, { all: [work:read, work:write] }] } }
        - { match: "DELETE /orgs/{org}", require: org:admin }
        - prefix: /hidden
          places: { organization: { sources: [{ path: org }], hide: true } }
          routes:
            - { match: "GET /{org}", require: work:read }
      """;

  private static final ExecutorService ELSEWHERE = Executors.newSingleThreadExecutor();
  private static RecordingBackend backend;
  private static TestGateway onTheSpot;
  private static TestGateway elsewhere;

  @BeforeAll
  static void start() throws IOException {
    backend = RecordingBackend.start();
    onTheSpot = gateway(Runnable::run);
    elsewhere = gateway(ELSEWHERE);
  }

  private static TestGateway gateway(Executor executor) throws IOException {
    return TestGateway.with(ROUTES)
        .backend("core", backend.url())
        .callers(
            new TestGateway.Callers()
                .token("full", "alice", List.of("*"), "MEMBER")
                .token("reads", "bob", List.of("work:read"), "MEMBER")
                .token("none", "carol", List.of(), "MEMBER")
                .unavailable("away")
                .on(executor))
        .start();
  }

  @AfterAll
  static void stop() throws IOException {
    onTheSpot.close();
    elsewhere.close();
    backend.close();
    ELSEWHERE.shutdown();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_store_that_is_away_is_503_and_says_when_to_ask_again(boolean spot) throws IOException {
    RawClient.Answer answer = answer(spot, "GET /me", "Authorization: Bearer away");

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).contains("\"identity_unavailable\"");
    assertThat(answer.value("Retry-After")).contains("1");
  }

  private static RawClient.Answer answer(boolean spot, String request, String... fields)
      throws IOException {
    StringBuilder head = new StringBuilder(request).append(" HTTP/1.1\r\nHost: gw.test\r\n");
    head.append("X-Request-Id: r-1\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    try (RawClient client = (spot ? onTheSpot : elsewhere).connect()) {
      client.send(head.append("\r\n").toString());
      return request.startsWith("HEAD") ? client.answerToHead() : client.answer();
    }
  }

  private static void assertFields(RawClient.Answer answer, String... fields) {
    List<String> expected = new ArrayList<>(List.of(fields));
    expected.add("Content-Type: application/problem+json");
    expected.add("Cache-Control: no-store");
    expected.add("X-Request-Id: r-1");
    expected.add("Content-Length: " + answer.body().length());
    assertThat(answer.lines()).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoever_presents_nothing_is_asked_for_a_credential(boolean spot) throws Exception {
    RawClient.Answer answer = answer(spot, "GET /orgs/acme");
    assertThat(answer.startLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
    assertFields(answer, "WWW-Authenticate: Bearer realm=\"scopegate\"");
    assertThat(answer.body())
        .startsWith(
            "{\"type\":\"urn:scopegate:problem:credential_missing\","
                + "\"title\":\"a credential is needed\",\"status\":401,\"detail\":\"")
        .endsWith("\"code\":\"credential_missing\",\"requestId\":\"r-1\"}");
    assertThat(answer(spot, "GET /nowhere").status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_bad_credential_is_named_so(boolean spot) throws Exception {
    RawClient.Answer answer = answer(spot, "GET /orgs/acme", "Authorization: Bearer nonsense");
    assertThat(answer.status()).isEqualTo(401);
    assertFields(answer, "WWW-Authenticate: Bearer realm=\"scopegate\", error=\"invalid_token\"");
    assertThat(answer.body()).contains("\"code\":\"credential_invalid\"");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_token_that_lacks_a_scope_is_told_which(boolean spot) throws Exception {
    RawClient.Answer answer = answer(spot, "PUT /orgs/acme", "Authorization: Bearer reads");
    assertThat(answer.status()).isEqualTo(403);
    assertFields(
        answer,
        "WWW-Authenticate: Bearer realm=\"scopegate\", error=\"insufficient_scope\","
            + " scope=\"work:write\"",
        "X-OAuth-Scopes: work:read",
        "X-Accepted-OAuth-Scopes: work:write");
    assertThat(answer.body())
        .endsWith(
            "\"code\":\"insufficient_scope\",\"requestId\":\"r-1\",\"required\":\"work:write\","
                + "\"missing\":{\"token\":[\"work:write\"],\"role\":[]},\"acquirable\":true}");
  }

  @Test
  void roles_that_do_not_hold_it_are_told_what_they_lack_and_get_no_challenge() throws Exception {
    RawClient.Answer answer = answer(true, "DELETE /orgs/acme", "Authorization: Bearer full");
    assertThat(answer.status()).isEqualTo(403);
    assertFields(answer, "X-OAuth-Scopes: *", "X-Accepted-OAuth-Scopes: org:admin");
    assertThat(answer.body())
        .endsWith(
            "\"code\":\"insufficient_role\",\"requestId\":\"r-1\",\"required\":\"org:admin\","
                + "\"missing\":{\"token\":[],\"role\":[\"org:admin\"]},\"acquirable\":false}");
  }

  @Test
  void a_requirement_is_told_as_the_table_has_it() throws Exception {
    RawClient.Answer answer = answer(true, "POST /orgs/acme", "Authorization: Bearer none");
    assertThat(answer.value("X-OAuth-Scopes")).hasValue("");
    assertThat(answer.value("X-Accepted-OAuth-Scopes"))
        .hasValue("org:admin; work:read, work:write");
    assertThat(answer.body())
        .contains(
            "\"required\":{\"any\":[\"org:admin\",{\"all\":[\"work:read\",\"work:write\"]}]}");
  }

  @Test
  void a_stranger_to_the_organization_is_not_a_member() throws Exception {
    RawClient.Answer answer = answer(true, "GET /orgs/other", "Authorization: Bearer full");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body())
        .contains("\"code\":\"not_a_member\"")
        .endsWith(
            "\"required\":\"work:write\",\"missing\":{\"token\":[],\"role\":[]},"
                + "\"acquirable\":false}");
  }

  @Test
  void what_is_hidden_is_not_found_and_says_nothing_of_scopes() throws Exception {
    RawClient.Answer answer = answer(true, "GET /hidden/other", "Authorization: Bearer full");
    assertThat(answer.startLine()).isEqualTo("HTTP/1.1 404 Not Found");
    assertFields(answer);
    assertThat(answer.body()).doesNotContain("required", "missing", "acquirable");
  }

  @Test
  void a_caller_with_a_credential_is_told_that_no_route_is_declared() throws Exception {
    RawClient.Answer answer = answer(true, "GET /nowhere", "Authorization: Bearer full");
    assertThat(answer.status()).isEqualTo(403);
    assertFields(answer, "X-OAuth-Scopes: *", "X-Accepted-OAuth-Scopes: ");
    assertThat(answer.body()).contains("\"code\":\"route_not_declared\"");
  }

  @Test
  void a_refused_head_has_no_body() throws Exception {
    try (RawClient client = onTheSpot.connect()) {
      client.send("HEAD /orgs/acme HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      assertThat(client.answerToHead().status()).isEqualTo(401);
      client.send("GET /open HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void an_allowed_answer_tells_the_scopes_too(boolean spot) throws Exception {
    RawClient.Answer answer = answer(spot, "PUT /orgs/acme", "Authorization: Bearer full");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.lines())
        .containsExactlyInAnyOrder(
            "Content-Length: 2",
            "X-Request-Id: r-1",
            "X-OAuth-Scopes: *",
            "X-Accepted-OAuth-Scopes: work:write");
    assertThat(answer(spot, "GET /me", "Authorization: Bearer reads").value("X-OAuth-Scopes"))
        .hasValue("work:read");
    assertThat(answer(spot, "GET /open").value("X-OAuth-Scopes")).isEmpty();
  }

  @Test
  void a_target_with_two_readings_is_refused_and_the_connection_goes_on() throws Exception {
    try (RawClient client = onTheSpot.connect()) {
      client.send("GET /a/../b HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      assertThat(client.answer().body()).contains("\"code\":\"bad_request\"");
      client.send("GET /open HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void a_request_id_that_is_no_plain_token_is_replaced() throws Exception {
    for (String id : List.of("a b", "x".repeat(129), "", "a,b")) {
      try (RawClient client = onTheSpot.connect()) {
        client.send("GET /open HTTP/1.1\r\nHost: gw.test\r\nX-Request-Id: " + id + "\r\n\r\n");
        assertThat(client.answer().value("X-Request-Id").orElseThrow()).matches("[0-9a-f]{32}");
      }
    }
  }

  @Test
  void a_body_sent_while_the_decision_is_under_way_arrives_whole() throws Exception {
    try (RawClient client = elsewhere.connect()) {
      String body = "y".repeat(200_000);
      client.send(
          "PUT /orgs/acme HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer full\r\n"
              + "Content-Length: 200000\r\nX-Marker: big\r\n\r\n"
              + body);
      assertThat(client.answer().status()).isEqualTo(200);
      RecordingBackend.Received request = backend.next();
      while (request.value("X-Marker").isEmpty()) {
        request = backend.next();
      }
      assertThat(request.body()).isEqualTo(body);
    }
  }
}
