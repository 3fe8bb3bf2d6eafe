package io.scopegate.command;

import io.scopegate.admin.AdminTokenFile;
import io.scopegate.config.Address;
import io.scopegate.config.GatewayConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;

/** The admin endpoints of a running gateway. */
final class HttpAdminDoor implements AdminDoor {
  private static final Set<String> EVERY_INTERFACE = Set.of("0.0.0.0", "::");
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private final HttpClient client;
  private final GatewayConfig config;
  private final Surroundings surroundings;

  HttpAdminDoor(GatewayConfig config, Surroundings surroundings) {
    this.config = config;
    this.surroundings = surroundings;
    // No proxy: the admin token goes to the configured address and nowhere else.
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
  }

  /** Says whether somebody listens at the admin address. */
  boolean isAnswered() {
    if (config.admin().port() == 0) {
      return false;
    }
    try {
      client.send(request("/healthz").GET().build(), BodyHandlers.discarding());
      return true;
    } catch (HttpConnectTimeoutException e) {
      return false;
    } catch (java.net.ConnectException e) {
      return false;
    } catch (IOException e) {
      throw Failure.broken("the admin address " + config.admin() + " does not answer: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.broken("interrupted");
    }
  }

  @Override
  public AdminReply send(String method, String path, String body) {
    HttpRequest request =
        request(path)
            .header("Authorization", "Bearer " + token())
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return new AdminReply(response.statusCode(), response.body());
    } catch (IOException e) {
      throw Failure.broken("the admin address " + config.admin() + " does not answer: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.broken("interrupted");
    }
  }

  private HttpRequest.Builder request(String path) {
    Address admin = config.admin();
    Address reachable =
        EVERY_INTERFACE.contains(admin.host()) ? new Address("127.0.0.1", admin.port()) : admin;
    return HttpRequest.newBuilder(URI.create("http://" + reachable + path)).timeout(ANSWER);
  }

  private String token() {
    String given = surroundings.environment().get("SCOPEGATE_ADMIN_TOKEN");
    if (given != null && !given.isEmpty()) {
      return given;
    }
    try {
      return AdminTokenFile.read(config.data())
          .orElseThrow(
              () ->
                  Failure.broken(
                      "a gateway runs, and there is no admin token for it; set"
                          + " `SCOPEGATE_ADMIN_TOKEN`"));
    } catch (IOException e) {
      throw Failure.broken(
          "the admin token `"
              + AdminTokenFile.in(config.data())
              + "` cannot be read; set `SCOPEGATE_ADMIN_TOKEN`");
    }
  }

  @Override
  public void close() {}
}
