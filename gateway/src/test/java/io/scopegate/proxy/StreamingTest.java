package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events, long polls and long uploads pass part by part, and answers may come early. */
@Timeout(20)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class StreamingTest {
  private static final int EVENTS = 5;

  private static String event(int i) {
    return "data: " + i + "\n\n";
  }

  /** Sends an event only when the one before was received at the other end. */
  private static RecordingBackend events(Semaphore received) throws IOException {
    return RecordingBackend.scripted(
        conversation -> {
          if (conversation.request().isEmpty()) {
            return false;
          }
          conversation.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
          for (int i = 0; i < EVENTS; i++) {
            received.acquire();
            conversation.send(event(i));
          }
          received.acquire();
          return false;
        });
  }

  @Test
  void every_event_arrives_before_the_next_is_sent() throws Exception {
    Semaphore received = new Semaphore(0);
    try (RecordingBackend backend = events(received);
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      client.send("GET /events HTTP/1.1\r\nHost: gw.test\r\nAccept: text/event-stream\r\n\r\n");
      assertThat(client.head().status()).isEqualTo(200);
      for (int i = 0; i < EVENTS; i++) {
        received.release();
        String chunk = "9\r\n" + event(i) + "\r\n";
        assertThat(new String(client.bytes(chunk.length()), StandardCharsets.ISO_8859_1))
            .isEqualTo(chunk);
      }
      received.release();
      assertThat(client.bytes(5)).isEqualTo("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void every_event_arrives_before_the_next_is_sent_on_http2() throws Exception {
    Semaphore received = new Semaphore(0);
    try (RecordingBackend backend = events(received);
        TestGateway gateway = TestGateway.open(backend);
        RawHttp2Client client = new RawHttp2Client(gateway.address())) {
      int stream = client.get("/events", "accept", "text/event-stream");
      RawHttp2Client.Exchange answer = client.exchange(stream);
      client.await(() -> answer.status() == 200);
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < EVENTS; i++) {
        received.release();
        all.append(event(i));
        client.await(() -> answer.bodyLength() >= all.length());
        assertThat(answer.body()).isEqualTo(all.toString());
      }
      received.release();
      assertThat(client.answer(stream).isEnded()).isTrue();
    }
  }

  /** Takes a body of three letters, and lets the next be sent when it has one. */
  private static RecordingBackend taking(Semaphore taken) throws IOException {
    return RecordingBackend.scripted(
        conversation -> {
          Optional<Wire.Message> head = conversation.head();
          if (head.isEmpty()) {
            return false;
          }
          for (int i = 0; i < 3; i++) {
            if (conversation.read() != 'a' + i) {
              return false;
            }
            taken.release();
          }
          conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          return true;
        });
  }

  @Test
  void every_part_of_an_upload_reaches_the_backend_before_the_next_is_sent() throws Exception {
    Semaphore taken = new Semaphore(0);
    try (RecordingBackend backend = taking(taken);
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect();
        RawHttp2Client http2 = new RawHttp2Client(gateway.address())) {
      client.send("PUT /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 3\r\n\r\n");
      for (String part : new String[] {"a", "b", "c"}) {
        client.send(part);
        taken.acquire();
      }
      assertThat(client.answer().body()).isEqualTo("ok");
      int stream = http2.request("PUT", "/a", false, "content-length", "3");
      for (String part : new String[] {"a", "b", "c"}) {
        http2.data(stream, part.equals("c"), part);
        taken.acquire();
      }
      assertThat(http2.answer(stream).body()).isEqualTo("ok");
    }
  }

  @Test
  void an_answer_before_the_end_of_the_body_passes_on_both_protocols() throws Exception {
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  if (conversation.head().isEmpty()) {
                    return false;
                  }
                  conversation.send("HTTP/1.1 403 Early\r\nContent-Length: 2\r\n\r\nno");
                  return conversation.read() > 0;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect();
        RawHttp2Client http2 = new RawHttp2Client(gateway.address())) {
      client.send("PUT /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 1000\r\n\r\npart");
      RawClient.Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).isEqualTo("no");
      assertThat(answer.values("Connection")).containsExactly("close");
      int stream = http2.request("PUT", "/a", false, "content-length", "1000");
      http2.data(stream, false, "part");
      RawHttp2Client.Exchange early = http2.answer(stream);
      assertThat(early.status()).isEqualTo(403);
      assertThat(early.body()).isEqualTo("no");
      http2.await(() -> early.reset() >= 0);
      assertThat(early.reset()).isZero();
    }
  }
}
