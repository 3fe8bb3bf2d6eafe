package io.scopegate.config;

import io.scopegate.file.Fields;
import io.scopegate.file.NodeReader;
import io.scopegate.file.YamlNode;
import io.scopegate.route.Position;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code assertion:} of gateway.yaml. */
final class AssertionReader {
  private static final Duration LIFETIME = Duration.ofMinutes(1);
  private static final Duration ROTATION = Duration.ofDays(30);
  private static final Duration MIN_LIFETIME = Duration.ofSeconds(10);
  private static final Duration MAX_LIFETIME = Duration.ofMinutes(10);
  private static final Duration MIN_ROTATION = Duration.ofHours(1);

  private final NodeReader reader;

  AssertionReader(NodeReader reader) {
    this.reader = reader;
  }

  /** Reads it; the audiences are of these backends. */
  Optional<AssertionConfig> read(Fields fields, Set<String> backends) {
    Optional<String> issuer = fields.requiredText("issuer").map(YamlNode.Scalar::text);
    Duration lifetime = fields.duration("lifetime").orElse(LIFETIME);
    if (lifetime.compareTo(MIN_LIFETIME) < 0 || lifetime.compareTo(MAX_LIFETIME) > 0) {
      reader.problems().error(at(fields, "lifetime"), "`lifetime` is from `10s` to `10m`");
    }
    Duration rotation = fields.duration("rotation").orElse(ROTATION);
    if (rotation.compareTo(MIN_ROTATION) < 0) {
      reader.problems().error(at(fields, "rotation"), "`rotation` is at least `1h`");
    }
    Map<String, String> audiences = new LinkedHashMap<>();
    for (YamlNode.Entry entry : fields.entries("audiences")) {
      if (!backends.contains(entry.key())) {
        reader.problems().unknown(entry.keyAt(), "backend", entry.key(), backends);
      }
      reader.text(entry.value()).ifPresent(text -> audiences.put(entry.key(), text.text()));
    }
    fields.finish();
    return issuer.map(name -> new AssertionConfig(name, lifetime, rotation, audiences));
  }

  private static Position at(Fields fields, String key) {
    return fields.node(key).map(YamlNode::at).orElse(fields.at());
  }
}
