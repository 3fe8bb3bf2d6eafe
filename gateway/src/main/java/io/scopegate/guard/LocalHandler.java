package io.scopegate.guard;

import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Answers requests inside the gateway instead of a backend; the proxy calls it with whole requests.
 * Called on event loops: never blocks. Safe from any thread.
 */
public interface LocalHandler {

  /** Answers a request. A stage that fails is answered with 500. */
  CompletionStage<Answer> handle(Request request);

  /**
   * Returns the answer to a request that is refused whatever its body is, which is then not read;
   * empty if the body matters.
   *
   * @param head the request without its body
   */
  default Optional<Answer> refusal(Request head) {
    return Optional.empty();
  }

  /**
   * A whole request.
   *
   * @param id names it on its answer
   * @param fields the header fields as sent
   * @param body as UTF-8; the proxy refuses what is not
   */
  record Request(String id, RequestLine line, HttpFields fields, String body) {}

  /**
   * A whole answer.
   *
   * @param fields the header fields, without {@code Content-Length}
   * @param body sent as UTF-8
   */
  record Answer(int status, Map<String, List<String>> fields, String body) {

    /** Returns an answer with a body of this type. */
    public static Answer of(int status, String contentType, String body) {
      return new Answer(status, Map.of("Content-Type", List.of(contentType)), body);
    }

    /** Returns an answer without a body. */
    public static Answer empty(int status) {
      return new Answer(status, Map.of(), "");
    }
  }
}
