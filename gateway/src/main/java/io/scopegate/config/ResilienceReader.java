package io.scopegate.config;

import io.scopegate.config.GatewayConfig.Connections;
import io.scopegate.config.GatewayConfig.Ejection;
import io.scopegate.config.GatewayConfig.HealthCheck;
import io.scopegate.config.GatewayConfig.Retries;
import io.scopegate.file.Fields;
import io.scopegate.file.NodeReader;
import io.scopegate.file.YamlNode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what a backend in gateway.yaml says about endpoints that fail. */
final class ResilienceReader {
  static final Duration SLOW_START = Duration.ofSeconds(10);

  private static final int MAX_CONNECTIONS = 1_000_000;
  private static final int MAX_ATTEMPTS = 10;
  private static final int MAX_ROW = 1_000;

  /** What may stand in a request line without being written in another way. */
  private static final Pattern PATH = Pattern.compile("/[!-\"$-~]*");

  private final NodeReader reader;

  ResilienceReader(NodeReader reader) {
    this.reader = reader;
  }

  Connections connections(Optional<Fields> part) {
    Optional<Integer> max = part.flatMap(fields -> fields.integer("max", 1, MAX_CONNECTIONS));
    Optional<Integer> waiting =
        part.flatMap(fields -> fields.integer("waiting", 0, MAX_CONNECTIONS));
    Optional<Duration> wait = part.flatMap(fields -> fields.duration("wait"));
    Optional<Duration> lifetime = part.flatMap(fields -> fields.duration("lifetime"));
    part.ifPresent(Fields::finish);
    return new Connections(
        max.orElse(10_000), waiting.orElse(1_000), wait.orElse(Duration.ofSeconds(1)), lifetime);
  }

  Retries retries(Optional<Fields> part) {
    Optional<Integer> attempts =
        part.flatMap(fields -> fields.integer("attempts", 0, MAX_ATTEMPTS));
    Optional<Integer> percent = part.flatMap(fields -> fields.integer("percent", 0, 100));
    Optional<Integer> perSecond = part.flatMap(fields -> fields.integer("perSecond", 0, MAX_ROW));
    part.ifPresent(Fields::finish);
    return new Retries(attempts.orElse(2), percent.orElse(20), perSecond.orElse(10));
  }

  Ejection ejection(Optional<Fields> part) {
    Optional<Integer> after = part.flatMap(fields -> fields.integer("after", 0, MAX_ROW));
    Optional<Duration> time = part.flatMap(fields -> fields.duration("time"));
    Optional<Duration> maxTime = part.flatMap(fields -> fields.duration("maxTime"));
    part.ifPresent(Fields::finish);
    Ejection ejection =
        new Ejection(
            after.orElse(5),
            time.orElse(Duration.ofSeconds(5)),
            maxTime.orElse(Duration.ofMinutes(5)));
    if (ejection.time().compareTo(ejection.maxTime()) > 0) {
      part.ifPresent(
          fields ->
              reader
                  .problems()
                  .error(
                      fields.keyAt(maxTime.isPresent() ? "maxTime" : "time"),
                      "`time` is longer than `maxTime`, which is 5m where it is not said"));
    }
    return ejection;
  }

  HealthCheck healthCheck(Fields fields) {
    Optional<YamlNode.Scalar> path = fields.requiredText("path");
    path.filter(text -> !PATH.matcher(text.text()).matches())
        .ifPresent(
            text ->
                reader
                    .problems()
                    .error(
                        text.at(),
                        "`" + text.text() + "` is not a path",
                        "it begins with `/` and has visible ASCII characters only"));
    Optional<Duration> interval = fields.duration("interval");
    Optional<Duration> timeout = fields.duration("timeout");
    Optional<Integer> healthyAfter = fields.integer("healthyAfter", 1, MAX_ROW);
    Optional<Integer> unhealthyAfter = fields.integer("unhealthyAfter", 1, MAX_ROW);
    fields.finish();
    return new HealthCheck(
        path.map(YamlNode.Scalar::text).orElse("/"),
        interval.orElse(Duration.ofSeconds(5)),
        timeout.orElse(Duration.ofSeconds(1)),
        healthyAfter.orElse(2),
        unhealthyAfter.orElse(3));
  }
}
