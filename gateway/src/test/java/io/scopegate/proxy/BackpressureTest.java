package io.scopegate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A side that does not read stops the other, and nothing is lost by it. */
@Timeout(60)
// Text blocks have no CR.
@SuppressWarnings("StringConcatToTextBlock")
class BackpressureTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final int SIZE = 64 * MEBIBYTE;

  /** More than the sockets of a loopback connection hold, and far less than the body. */
  private static final long FAR_FROM_ALL = 32L * MEBIBYTE;

  @Test
  void a_client_that_does_not_read_stops_the_backend() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch stuck = new CountDownLatch(1);
    String part = "z".repeat(MEBIBYTE);
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  if (conversation.request().isEmpty()) {
                    return false;
                  }
                  conversation.send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
                  for (int i = 0; i < SIZE / MEBIBYTE; i++) {
                    conversation.send(part);
                    sent.addAndGet(MEBIBYTE);
                    stuck.countDown();
                  }
                  return true;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = new RawClient(gateway.address(), 64 * 1024)) {
      client.send("GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n");
      assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
      assertStandsStill(sent);
      assertThat(client.answer().body()).hasSize(SIZE);
    }
  }

  @Test
  void what_a_backend_sent_before_it_closed_comes_however_slowly_the_client_reads()
      throws Exception {
    String body = "z".repeat(3 * MEBIBYTE);
    CountDownLatch closed = new CountDownLatch(1);
    for (String length : List.of("Content-Length: " + body.length(), "X-Until: close")) {
      try (RecordingBackend backend =
              RecordingBackend.scripted(
                  conversation -> {
                    conversation.request();
                    conversation.send("HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n" + body);
                    closed.countDown();
                    return false;
                  });
          TestGateway gateway = TestGateway.open(backend);
          RawClient client = new RawClient(gateway.address(), 64 * 1024)) {
        client.send("GET /a HTTP/1.1\r\nHost: gw.test\r\n\r\n");
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(client.answer().body()).hasSize(body.length());
      }
    }
  }

  @Test
  void a_backend_that_does_not_read_stops_the_client() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch go = new CountDownLatch(1);
    try (RecordingBackend backend =
            RecordingBackend.scripted(
                conversation -> {
                  Optional<Wire.Message> head = conversation.head();
                  if (head.isEmpty()) {
                    return false;
                  }
                  go.await();
                  conversation.rest(head.get());
                  conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  return true;
                });
        TestGateway gateway = TestGateway.open(backend);
        RawClient client = gateway.connect()) {
      client.send("PUT /a HTTP/1.1\r\nHost: gw.test\r\nContent-Length: " + SIZE + "\r\n\r\n");
      Thread sender =
          new Thread(
              () -> {
                byte[] part = new byte[MEBIBYTE];
                try {
                  for (int i = 0; i < SIZE / MEBIBYTE; i++) {
                    client.send(part);
                    sent.addAndGet(MEBIBYTE);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      sender.start();
      assertStandsStill(sent);
      go.countDown();
      assertThat(client.answer().body()).isEqualTo("ok");
      sender.join();
      assertThat(backend.next().body()).hasSize(SIZE);
    }
  }

  /** Waits until nothing moves any more; fails if that is only because everything was taken. */
  private static void assertStandsStill(AtomicLong sent) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    long before = -1;
    while (before != sent.get()) {
      before = sent.get();
      assertThat(never.await(300, TimeUnit.MILLISECONDS)).isFalse();
    }
    assertThat(sent.get()).isLessThan(FAR_FROM_ALL);
  }
}
