package io.scopegate.admin;

import io.scopegate.endpoint.JsonBody;
import io.scopegate.endpoint.TokenOrder;
import io.scopegate.policy.Bounds;
import io.scopegate.route.HttpFields;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which decision is to be explained. Immutable.
 *
 * @param subject who asks; empty for nobody
 * @param token what the token carries; empty for a session
 */
record ExplainOrder(
    Optional<String> subject,
    Optional<Token> token,
    String method,
    String path,
    String host,
    HttpFields fields) {

  /** A token that is only supposed. */
  record Token(List<String> scopes, Bounds bounds) {}

  /** Reads {@code {as, token?, request}}, in the words of a policy test. */
  static ExplainOrder read(JsonBody body, TokenOrder orders) {
    Optional<String> subject =
        Optional.of(body.requiredString("as")).filter(name -> !name.equals("anonymous"));
    Optional<Token> token =
        body.object("token").map(part -> new Token(orders.scopes(part), orders.bounds(part)));
    if (body.isString("request")) {
      String[] words = body.requiredString("request").split(" ", 2);
      if (words.length < 2) {
        body.complain("request", "must be spelt `METHOD PATH`");
      }
      return new ExplainOrder(
          subject,
          token,
          words[0],
          words.length < 2 ? "" : words[1],
          "localhost",
          HttpFields.none());
    }
    Optional<JsonBody> request = body.object("request");
    if (request.isEmpty()) {
      body.complain("request", "must be `METHOD PATH` or an object");
    }
    return new ExplainOrder(
        subject,
        token,
        request.map(part -> part.requiredString("method")).orElse(""),
        request.map(part -> part.requiredString("path")).orElse(""),
        request.flatMap(part -> part.string("host")).orElse("localhost"),
        request
            .flatMap(part -> part.object("headers"))
            .map(ExplainOrder::headers)
            .orElse(HttpFields.none()));
  }

  private static HttpFields headers(JsonBody part) {
    Map<String, List<String>> fields = new TreeMap<>();
    for (String name : part.keys()) {
      fields.put(
          name,
          part.isString(name)
              ? List.of(part.requiredString(name))
              : part.strings(name).orElse(List.of()));
    }
    return HttpFields.of(fields);
  }
}
