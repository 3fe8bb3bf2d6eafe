package io.scopegate.command;

import io.scopegate.config.GatewayConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * The way of a command to the identities: the admin endpoints of the running gateway, so that exit
 * 0 means in force, or the same endpoints on a store that this process opened for itself alone.
 */
interface AdminDoor extends AutoCloseable {

  /** Sends a request and waits for what comes back. */
  AdminReply send(String method, String path, String body);

  @Override
  void close();

  /** Opens the way. */
  static AdminDoor open(GatewayConfig config, Surroundings surroundings) {
    HttpAdminDoor http = new HttpAdminDoor(config, surroundings);
    if (http.isAnswered()) {
      return http;
    }
    return new StoreAdminDoor(config, surroundings);
  }

  /** Returns a text as a segment of a path or a value of a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
