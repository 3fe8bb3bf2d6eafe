package io.scopegate.file;

import io.scopegate.route.Cors;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code cors:}. Used by the wiring only. */
final class CorsReader {
  /** What programs in pages send to an API, besides what any page may send. */
  private static final String ALLOWED = "Authorization, Content-Type, If-Match, If-None-Match";

  /** What the gateway itself says in fields, and a page needs to make sense of a refusal. */
  private static final String EXPOSED =
      "Retry-After, WWW-Authenticate, X-Accepted-OAuth-Scopes, X-OAuth-Scopes, X-Request-Id";

  /** Long enough to spare most preflights, short enough to wait for a change. */
  private static final Duration MAX_AGE = Duration.ofMinutes(10);

  private static final Duration LONGEST_AGE = Duration.ofDays(1);

  private final NodeReader reader;
  private final Problems problems;

  CorsReader(NodeReader reader) {
    this.reader = reader;
    this.problems = reader.problems();
  }

  /**
   * Returns what a file, group or row says; what is around it counts where it says nothing.
   *
   * @param around what counts around it
   */
  Optional<Cors> cors(Fields owner, Optional<Cors> around) {
    return owner.has("cors") ? owner.fields("cors").map(this::cors) : around;
  }

  private Cors cors(Fields fields) {
    if (!fields.isReadable()) {
      // What is refused lets nobody in, and nothing is in force with it.
      return new Cors(false, Set.of(), false, ALLOWED, EXPOSED, MAX_AGE);
    }
    List<YamlNode.Scalar> texts =
        fields.requiredNode("origins").map(reader::texts).orElse(List.of());
    Optional<YamlNode.Scalar> any =
        texts.stream().filter(text -> text.text().equals(Cors.ANY)).findFirst();
    boolean credentials = fields.flag("credentials").orElse(false);
    if (any.isPresent() && texts.size() > 1) {
      problems.error(any.get().at(), "`*` beside other origins", "it stands for all of them");
    } else if (any.isPresent() && credentials) {
      problems.error(
          any.get().at(),
          "`*` with `credentials: true` would hand the session of any user to any page",
          "list the origins");
    }
    Set<String> origins =
        new OriginReader(reader)
            .read(texts.stream().filter(text -> !text.text().equals(Cors.ANY)).toList());
    Cors cors =
        new Cors(
            any.isPresent() && !credentials,
            origins,
            credentials,
            names(fields, "allowedHeaders").orElse(ALLOWED),
            names(fields, "exposedHeaders").orElse(EXPOSED),
            maxAge(fields));
    fields.finish();
    return cors;
  }

  private Duration maxAge(Fields fields) {
    Duration maxAge = fields.duration("maxAge").orElse(MAX_AGE);
    if (maxAge.compareTo(LONGEST_AGE) > 0) {
      fields
          .node("maxAge")
          .ifPresent(node -> problems.error(node.at(), "`maxAge` is at most `1d`"));
      return MAX_AGE;
    }
    return maxAge;
  }

  /** Returns the names of header fields as the value of one; none of them twice. */
  private Optional<String> names(Fields fields, String key) {
    if (!fields.has(key)) {
      return Optional.empty();
    }
    Map<String, String> names = new LinkedHashMap<>();
    for (YamlNode.Scalar text : fields.texts(key)) {
      if (text.text().equals(Cors.ANY)) {
        problems.error(text.at(), "`" + key + "` has no `*`", "name the header fields");
      } else if (ConditionReader.isFieldName(text.text(), text.at(), problems)) {
        names.putIfAbsent(text.text().toLowerCase(Locale.ROOT), text.text());
      }
    }
    return Optional.of(String.join(", ", names.values()));
  }
}
