package io.scopegate.config;

import io.scopegate.config.GatewayConfig.Limits;
import io.scopegate.file.Fields;
import io.scopegate.file.Problems;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code limits:} of gateway.yaml. */
final class LimitsReader {
  private static final int MAX_COUNT = 10_000_000;
  private static final int MAX_STREAMS = 10_000;
  private static final int MAX_HEADERS = 10_000;

  /** More than a socket's buffer says nothing; less than a line leaves no room for a request. */
  private static final long MIN_BYTES = 1 << 10;

  private static final long MAX_BYTES = 1 << 20;

  private final Problems problems;

  LimitsReader(Problems problems) {
    this.problems = problems;
  }

  Limits read(Fields fields) {
    Limits standard = Limits.DEFAULT;
    Limits limits =
        new Limits(
            fields.duration("headTimeout").orElse(standard.headTimeout()),
            fields.duration("bodyTimeout").orElse(standard.bodyTimeout()),
            fields.duration("idleTimeout").orElse(standard.idleTimeout()),
            fields.bytes("bodyLimit").orElse(standard.bodyLimitBytes()),
            size(fields, "targetLength", fields.bytes("targetLength"), standard.targetLength()),
            size(fields, "headerBytes", fields.bytes("headerBytes"), standard.headerBytes()),
            fields.integer("headerCount", 1, MAX_HEADERS).orElse(standard.headerCount()),
            count(fields.integer("connections", 1, MAX_COUNT)),
            count(fields.integer("connectionsPerAddress", 1, MAX_COUNT)),
            fields
                .integer("requestsPerConnection", 1, Integer.MAX_VALUE)
                .orElse(standard.requestsPerConnection()),
            fields
                .integer("concurrentStreams", 1, MAX_STREAMS)
                .orElse(standard.concurrentStreams()),
            size(fields, "readAhead", fields.bytes("readAhead"), standard.readAheadBytes()));
    if (limits.targetLength() > limits.headerBytes()) {
      problems.error(
          fields.has("targetLength") ? fields.keyAt("targetLength") : fields.keyAt("headerBytes"),
          "`targetLength` is more than `headerBytes`, of which the target is a part");
    }
    fields.finish();
    return limits;
  }

  private static OptionalInt count(Optional<Integer> said) {
    return said.isPresent() ? OptionalInt.of(said.get()) : OptionalInt.empty();
  }

  private int size(Fields fields, String key, Optional<Long> said, int standard) {
    if (said.isEmpty()) {
      return standard;
    }
    if (said.get() < MIN_BYTES || said.get() > MAX_BYTES) {
      problems.error(fields.keyAt(key), "`" + key + "` must be from `1KiB` to `1MiB`");
      return standard;
    }
    return said.get().intValue();
  }
}
