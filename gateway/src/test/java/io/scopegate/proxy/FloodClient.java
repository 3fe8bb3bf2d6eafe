package io.scopegate.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An attacker: plays a flood over HTTP/2 again and again, on a new connection each time. Confined
 * to one thread.
 */
final class FloodClient {
  private static final Map<String, String> CREDENTIALS =
      Map.of("PAT_READ", "pat-read", "PAT_WRITE", "pat-write");

  private FloodClient() {}

  /** Connects in the way that the case needs. */
  static RawHttp2Client connect(InetSocketAddress edge, SecurityCase one) throws IOException {
    return switch (one.id()) {
      case "H2-007" -> RawHttp2Client.withoutReading(edge);
      case "H2-011" -> new RawHttp2Client(edge, new byte[0], false);
      default -> new RawHttp2Client(edge);
    };
  }

  /** Plays the steps once; returns whether all were sent. */
  static boolean play(RawHttp2Client client, SecurityCase one) {
    return new Http2Script(client, CREDENTIALS).play(one.script());
  }

  /**
   * Starts one in a process of its own. An attacker has a machine of its own, too; here it gets
   * what the gateway and its good clients leave of this one.
   */
  static Process start(InetSocketAddress edge, SecurityCase one, Duration time) throws IOException {
    return new ProcessBuilder(
            List.of(
                "nice",
                "-n",
                "19",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                FloodClient.class.getName(),
                Integer.toString(edge.getPort()),
                one.id(),
                Long.toString(time.toMillis())))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Says when it begins and, at the end, how often it was played. */
  public static void main(String[] arguments) {
    InetSocketAddress edge =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
    SecurityCase one =
        SecurityCase.of(Set.of("http2-flood")).stream()
            .filter(each -> each.id().equals(arguments[1]))
            .findFirst()
            .orElseThrow();
    System.out.println("begins");
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[2]));
    int played = 0;
    do {
      try (RawHttp2Client client = connect(edge, one)) {
        play(client, one);
        if (one.id().equals("H2-011")) {
          LockSupport.parkNanos(end - System.nanoTime()); // it is the streams that stand still
        }
      } catch (IOException e) {
        // closed in the middle of it
      }
      played++;
      LockSupport.parkNanos(1_000_000);
    } while (System.nanoTime() < end);
    System.out.println(played);
  }
}
