package io.scopegate.proxy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.scopegate.policy.Missing;
import io.scopegate.route.Expression;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Problem details (RFC 9457) as text. What was refused for the same reason differs in its id alone,
 * and writing all of it anew would cost more than to decide. Safe from any thread.
 */
final class ProblemTexts {
  private static final int SIZE = 1024;

  /** Stands nowhere else: quotes within a value are escaped. */
  private static final String NO_ID = "\"requestId\":\"\"";

  private final JsonMapper mapper = JsonMapper.builder().build();
  private final Cache<Problem, Text> texts =
      Caffeine.newBuilder().maximumSize(SIZE).executor(Runnable::run).build();

  /**
   * What is said of a request that gets no further. Immutable.
   *
   * @param word the code, for programs
   * @param detail the reason, for people
   */
  record Problem(
      int status, String word, String title, String detail, Optional<Shortfall> shortfall) {}

  /** What the caller lacks. Immutable. */
  record Shortfall(Optional<Expression> required, Missing missing, boolean acquirable) {}

  /** The text on both sides of an id, as UTF-8. Immutable. */
  private static final class Text {
    private final byte[] before;
    private final byte[] after;

    Text(String before, String after) {
      this.before = before.getBytes(StandardCharsets.UTF_8);
      this.after = after.getBytes(StandardCharsets.UTF_8);
    }

    // The deprecated copy makes no array of its own; an id is ASCII.
    @SuppressWarnings("deprecation")
    byte[] with(String id) {
      int length = id.length();
      byte[] whole = Arrays.copyOf(before, before.length + length + after.length);
      id.getBytes(0, length, whole, before.length);
      System.arraycopy(after, 0, whole, before.length + length, after.length);
      return whole;
    }
  }

  /**
   * Returns the text as UTF-8.
   *
   * @param requestId of ASCII characters that stand in JSON as they are
   */
  byte[] of(Problem problem, String requestId) {
    return texts.get(problem, this::text).with(requestId);
  }

  private Text text(Problem problem) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", "urn:scopegate:problem:" + problem.word());
    members.put("title", problem.title());
    members.put("status", problem.status());
    members.put("detail", problem.detail());
    members.put("code", problem.word());
    members.put("requestId", "");
    if (problem.shortfall().isPresent()) {
      Shortfall shortfall = problem.shortfall().get();
      shortfall.required().ifPresent(expression -> members.put("required", expression.plain()));
      members.put("missing", shortfall.missing());
      members.put("acquirable", shortfall.acquirable());
    }
    String whole = mapper.writeValueAsString(members);
    int at = whole.indexOf(NO_ID) + NO_ID.length() - 1;
    return new Text(whole.substring(0, at), whole.substring(at));
  }
}
