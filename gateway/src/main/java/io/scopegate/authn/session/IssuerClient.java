package io.scopegate.authn.session;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * Asks an issuer by HTTP: bounded in time and length, without following redirects. Safe from any
 * thread; never blocks.
 */
final class IssuerClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final int MAX_ANSWER = 512 * 1024;

  private final HttpClient client;
  private final Duration timeout;
  private final IssuerFigures figures;

  /**
   * Asks through this client.
   *
   * @param timeout from the first byte of the request to the last of the answer
   * @param figures where requests are counted
   */
  IssuerClient(HttpClient client, Duration timeout, IssuerFigures figures) {
    this.client = client;
    this.timeout = timeout;
    this.figures = figures;
  }

  /**
   * Returns what requests go through.
   *
   * @param executor where answers are read
   * @param tls how TLS is spoken, if not as the platform does
   */
  static HttpClient over(Executor executor, Optional<SSLContext> tls) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(executor);
    tls.ifPresent(builder::sslContext);
    return builder.build();
  }

  /** Fetches a document; fails if the answer is not 200. */
  CompletableFuture<String> text(URI url) {
    return text(HttpRequest.newBuilder(url).header("Accept", "application/json").GET());
  }

  /** Sends a request; fails if the answer is not 200. */
  CompletableFuture<String> text(HttpRequest.Builder request) {
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(request.timeout(timeout).build(), LimitedBody.upTo(MAX_ANSWER));
    // The request's own timeout ends with the head of the answer; a body may trickle.
    CompletableFuture<HttpResponse<byte[]>> inTime =
        sent.copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<String> text = inTime.thenCompose(IssuerClient::body);
    return text.whenComplete(
        (ignored, failure) -> {
          figures.asked(failure == null);
          sent.cancel(true);
        });
  }

  private static CompletableFuture<String> body(HttpResponse<byte[]> response) {
    return response.statusCode() == 200
        ? CompletableFuture.completedFuture(new String(response.body(), StandardCharsets.UTF_8))
        : CompletableFuture.failedFuture(
            new IOException("the answer has the status " + response.statusCode()));
  }
}
