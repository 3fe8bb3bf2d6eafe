package io.scopegate.file;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Durations such as {@code 500ms} and sizes such as {@code 64KiB}. Safe from any thread. */
public final class Quantities {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([A-Za-z]+)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final Map<String, Long> BYTES =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

  private Quantities() {}

  /** Returns the duration of a text such as {@code 500ms}, {@code 5s}, {@code 1h}, {@code 90d}. */
  public static Optional<Duration> duration(String text) {
    return amount(text, MILLIS).map(Duration::ofMillis);
  }

  /** Returns the number of bytes of a text such as {@code 512B}, {@code 64KiB}, {@code 1GiB}. */
  public static Optional<Long> bytes(String text) {
    return amount(text, BYTES);
  }

  private static Optional<Long> amount(String text, Map<String, Long> units) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Long unit = units.get(matcher.group(2));
    long count = Long.parseLong(matcher.group(1));
    return unit == null || count > Long.MAX_VALUE / unit
        ? Optional.empty()
        : Optional.of(count * unit);
  }
}
