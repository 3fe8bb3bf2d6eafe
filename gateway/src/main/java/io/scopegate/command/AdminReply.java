package io.scopegate.command;

import io.scopegate.endpoint.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What an admin endpoint answered. Immutable.
 *
 * @param file what the user calls the file that was sent, if one was
 */
record AdminReply(int status, String body, Optional<String> file) {

  AdminReply(int status, String body) {
    this(status, body, Optional.empty());
  }

  /** Returns the same reply, whose problems are those of a file. */
  AdminReply about(String name) {
    return new AdminReply(status, body, Optional.of(name));
  }

  /** Returns the answer if it is good; what is wrong ends the command. */
  JsonNode orFail() {
    JsonNode answer = read();
    if (status < 300) {
      return answer;
    }
    String detail = answer.path("detail").asString("it answered " + status);
    throw switch (status) {
      case 400, 422 -> Failure.lines(wrongs(answer, detail));
      case 404, 409 -> Failure.no(detail);
      case 401, 403 -> Failure.broken("the running gateway refuses the admin token: " + detail);
      default -> Failure.broken("the running gateway failed: " + detail);
    };
  }

  private JsonNode read() {
    try {
      return Json.read(body.isEmpty() ? "{}" : body);
    } catch (JacksonException e) {
      throw Failure.broken("what answers at the admin address is no gateway");
    }
  }

  private List<String> wrongs(JsonNode answer, String detail) {
    List<String> lines = new ArrayList<>();
    for (JsonNode one : answer.path("errors").values()) {
      lines.add((one.path("pointer").asString("") + " " + one.path("detail").asString("")).trim());
    }
    for (JsonNode one : answer.path("problems").values()) {
      String hint = one.path("hint").asString("");
      lines.add(
          "%s:%d:%d: %s%s%s"
              .formatted(
                  file.orElse(one.path("file").asString("")),
                  one.path("line").asInt(),
                  one.path("column").asInt(),
                  one.path("severity").asString("").equals("warning") ? "warning: " : "",
                  one.path("message").asString(""),
                  hint.isEmpty() ? "" : "; " + hint));
    }
    return lines.isEmpty() ? List.of(detail) : lines;
  }
}
