package io.scopegate.command;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.scopegate.endpoint.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A backend to look at: answers every request with what reached it. */
final class ExampleBackend implements AutoCloseable {
  private static final int THREADS = 4;

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "example-backend");
            thread.setDaemon(true);
            return thread;
          });

  private ExampleBackend(HttpServer server) {
    this.server = server;
  }

  /** Starts on a free port of the loopback address. */
  static ExampleBackend start() throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ExampleBackend backend = new ExampleBackend(HttpServer.create(free, 0));
    backend.server.setExecutor(backend.threads);
    backend.server.createContext("/", ExampleBackend::answer);
    backend.server.start();
    return backend;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body = exchange.getRequestBody()) {
      long length = body.transferTo(java.io.OutputStream.nullOutputStream());
      Map<String, String> fields = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> fields.put(name, String.join(", ", values)));
      Map<String, Object> seen = new LinkedHashMap<>();
      seen.put("backend", "example");
      seen.put("method", exchange.getRequestMethod());
      seen.put("target", exchange.getRequestURI().toString());
      seen.put("fields", fields);
      seen.put("bodyBytes", length);
      byte[] answer = (Json.text(seen) + "\n").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().put("Content-Type", List.of("application/json"));
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(200, head ? -1 : answer.length);
      if (!head) {
        exchange.getResponseBody().write(answer);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
