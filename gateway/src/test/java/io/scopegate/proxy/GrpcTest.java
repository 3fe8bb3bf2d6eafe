package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.RawHttp2Client.Exchange;
import io.scopegate.proxy.message.Fields;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What gRPC clients are told, and when. */
@Timeout(30)
class GrpcTest {
  private static final String ROUTES =
      """
      apiVersion: scopegate/v1
      permissions: { work:read: Read work, work:write: Write work }
      roles: { organization: { MEMBER: { grants: [work:read, work:write] } } }
      places: { organization: [{ is: acme }] }
      backend: core
      routes:
        - { match: "POST /open/{rest*}", access: public }
        - { match: "POST /a.B/Read", require: work:read }
        - { match: "POST /a.B/Write", require: work:write }
        - { match: "POST /gone/{rest*}", access: public, backend: gone }
        - { match: "POST /small/{rest*}", access: public, bodyLimit: 1KiB }
      """;

  private final BlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();

  private TestGateway gateway(RawHttp2Backend backend) throws IOException {
    return TestGateway.with(ROUTES)
        .backend("core", backend.url())
        .backend("gone", "h2c://127.0.0.1:1")
        .callers(new TestGateway.Callers().token("good", "bob", List.of("work:read"), "MEMBER"))
        .events(
            new GatewayEvents() {
              @Override
              public void completed(
                  @Nullable Decision decision, String method, int status, long nanos) {
                statuses.add(status);
              }
            })
        .start();
  }

  private static Exchange call(RawHttp2Client client, String path, String... fields)
      throws IOException, InterruptedException {
    return client.answer(client.request("POST", path, true, fields));
  }

  @ParameterizedTest
  @CsvSource({
    "/a.B/Read, 16, 401",
    "/a.B/None, 16, 401",
    "/gone/x, 14, 502",
  })
  void a_refusal_is_a_status_of_grpc_and_counted_as_one_of_http(String path, String grpc, int http)
      throws Exception {
    try (RawHttp2Backend backend = RawHttp2Backend.start();
        TestGateway gateway = gateway(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      Exchange answer = call(client, path, "content-type", "application/grpc+proto");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.value("content-type")).hasValue("application/grpc");
      assertThat(answer.value("grpc-status")).hasValue(grpc);
      assertThat(answer.value("grpc-message").orElseThrow()).isNotEmpty();
      assertThat(answer.value("x-request-id")).isPresent();
      assertThat(answer.value("www-authenticate").isPresent()).isEqualTo(http == 401);
      assertThat(answer.body()).isEmpty();
      assertThat(statuses.poll(5, TimeUnit.SECONDS)).isEqualTo(http);
    }
  }

  @Test
  void a_refusal_for_want_of_a_scope_keeps_its_challenge() throws Exception {
    try (RawHttp2Backend backend = RawHttp2Backend.start();
        TestGateway gateway = gateway(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      Exchange answer =
          call(
              client,
              "/a.B/Write",
              "content-type",
              "application/grpc",
              "authorization",
              "Bearer good");
      assertThat(answer.value("grpc-status")).hasValue("7");
      assertThat(answer.value("www-authenticate").orElseThrow()).contains("scope=\"work:write\"");
      assertThat(answer.value("x-oauth-scopes")).hasValue("work:read");
    }
  }

  @ParameterizedTest
  @CsvSource({"application/grpc-web", "application/json"})
  void what_is_not_grpc_gets_a_status_of_http(String type) throws Exception {
    try (RawHttp2Backend backend = RawHttp2Backend.start();
        TestGateway gateway = gateway(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      Exchange answer = call(client, "/a.B/Read", "content-type", type);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.value("grpc-status")).isEmpty();
    }
  }

  @Test
  void a_body_over_the_limit_exhausts_resources() throws Exception {
    try (RawHttp2Backend backend = RawHttp2Backend.scripted(stream -> {});
        TestGateway gateway = gateway(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream =
          client.request("POST", "/small/x", false, "content-type", "application/grpc;a=b");
      client.data(stream, false, "x".repeat(2000));
      assertThat(client.answer(stream).value("grpc-status")).hasValue("8");
    }
  }

  @Test
  void a_deadline_that_passes_ends_the_call_before_and_in_the_answer() throws Exception {
    try (RawHttp2Backend backend =
            RawHttp2Backend.answering(
                stream -> {
                  if (stream.value(":path").orElse("").equals("/open/begun")) {
                    stream.head(false, ":status", "200", "content-type", "application/grpc");
                  }
                });
        TestGateway gateway = gateway(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      String[] fields = {"content-type", "application/grpc", "grpc-timeout", "200m"};
      Exchange silent = call(client, "/open/silent", fields);
      assertThat(silent.value("grpc-status")).hasValue("4");
      RawHttp2Backend.Stream received = backend.next();
      assertThat(received.value("grpc-timeout")).hasValue("200m");
      assertThat(received.news()).isEqualTo("reset 8");
      Exchange begun = call(client, "/open/begun", fields);
      assertThat(begun.trailer("grpc-status")).hasValue("4");
      assertThat(backend.next().news()).isEqualTo("reset 8");
    }
  }

  @Test
  void messages_of_any_text_are_visible_ascii() {
    Fields fields = new Fields();
    GrpcStatus.INTERNAL.addTo(fields, "100 % größer\n");
    assertThat(fields.first("grpc-message")).hasValue("100 %25 gr%C3%B6%C3%9Fer%0A");
  }
}
