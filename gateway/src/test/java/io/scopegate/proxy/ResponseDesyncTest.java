package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a backend sends beside its one answer is nobody's: the family {@code response-desync} of the
 * attack cases, for clients of either version.
 */
@Timeout(30)
class ResponseDesyncTest {
  private static final String STOLEN = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen";

  /** Asks once on a connection of its own, in one version of HTTP. */
  private enum Version {
    HTTP_1 {
      @Override
      Seen ask(TestGateway gateway, String path) throws IOException {
        try (RawClient client = gateway.connect()) {
          RawClient.Answer answer =
              client.send("GET " + path + " HTTP/1.1\r\nHost: gw.test\r\n\r\n").answer();
          return new Seen(answer.status(), answer.body(), answer.value("Set-Cookie").isPresent());
        }
      }
    },
    HTTP_2 {
      @Override
      Seen ask(TestGateway gateway, String path) throws IOException, InterruptedException {
        try (RawHttp2Client client = new RawHttp2Client(gateway.address())) {
          RawHttp2Client.Exchange answer = client.answer(client.get(path));
          return new Seen(answer.status(), answer.body(), answer.value("set-cookie").isPresent());
        }
      }
    };

    abstract Seen ask(TestGateway gateway, String path) throws Exception;
  }

  /** What a client got. */
  private record Seen(int status, String body, boolean cookie) {}

  /** Answers the first request of each connection so, and any other with its own path. */
  private static RecordingBackend first(String answer) throws IOException {
    return RecordingBackend.scripted(
        conversation -> {
          var request = conversation.request();
          if (request.isEmpty()) {
            return false;
          }
          if (request.get().startLine().startsWith("GET /first")) {
            conversation.send(answer);
          } else {
            conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown");
          }
          return true;
        });
  }

  @ParameterizedTest
  @EnumSource
  void resp_001_an_answer_with_two_framings_is_502_and_its_connection_is_not_used_again(
      Version version) throws Exception {
    String twice =
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    try (RecordingBackend backend = first(twice + STOLEN);
        TestGateway gateway = TestGateway.open(backend)) {
      assertThat(version.ask(gateway, "/first").status()).isEqualTo(502);
      assertThat(version.ask(gateway, "/next").body()).isEqualTo("own");
      assertThat(backend.next().connection()).isNotEqualTo(backend.next().connection());
    }
  }

  @ParameterizedTest
  @EnumSource
  void resp_003_an_answer_that_nobody_asked_for_is_given_to_nobody(Version version)
      throws Exception {
    String whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst";
    try (RecordingBackend backend = first(whole + STOLEN);
        TestGateway gateway = TestGateway.open(backend)) {
      assertThat(version.ask(gateway, "/first").body()).isEqualTo("first");
      for (int i = 0; i < 5; i++) {
        assertThat(version.ask(gateway, "/next").body()).isEqualTo("own");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void resp_005_a_line_break_in_a_value_makes_no_field(Version version) throws Exception {
    for (String breaks : new String[] {"\r", "\0", "\n"}) {
      String split =
          "HTTP/1.1 200 OK\r\nX-A: b" + breaks + "Set-Cookie: pwn=1\r\nContent-Length: 0\r\n\r\n";
      try (RecordingBackend backend = first(split);
          TestGateway gateway = TestGateway.open(backend)) {
        Seen seen = version.ask(gateway, "/first");
        assertThat(seen.status()).isEqualTo(502);
        assertThat(seen.cookie()).isFalse();
      }
    }
  }
}
