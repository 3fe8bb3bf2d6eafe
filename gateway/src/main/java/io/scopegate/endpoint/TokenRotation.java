package io.scopegate.endpoint;

import io.scopegate.authn.TokenFormat;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Gives tokens other values; the value before works a while longer. May block. Safe from any
 * thread.
 */
public final class TokenRotation {
  private static final Duration DEFAULT_OVERLAP = Duration.ofHours(1);
  private static final Duration MAX_OVERLAP = Duration.ofDays(30);

  private final IdentityStore store;
  private final TokenFormat format;
  private final Clock clock;

  /** Rotates tokens of this store. */
  public TokenRotation(IdentityStore store, TokenFormat format, Clock clock) {
    this.store = store;
    this.format = format;
    this.clock = clock;
  }

  /** Returns the body of such a request, which may be left out. */
  public static JsonBody body(String text) {
    return JsonBody.parse(text.isBlank() ? "{}" : text);
  }

  /**
   * Returns how long the value before is to work; only what is meant if there are no complaints.
   */
  public static Duration overlap(JsonBody body) {
    Optional<String> text = body.string("overlap");
    Optional<Duration> overlap = text.flatMap(Words::duration);
    if (text.isPresent() && overlap.isEmpty()) {
      body.complain("overlap", "`" + text.get() + "` is no duration such as `1h`");
    }
    if (overlap.isPresent() && overlap.get().compareTo(MAX_OVERLAP) > 0) {
      body.complain("overlap", "must be at most `30d`");
    }
    return overlap.orElse(DEFAULT_OVERLAP);
  }

  /**
   * Gives a token another value.
   *
   * @param rotator the id of the token that asks for it, if one does
   * @return what its owner is told, once; empty if there is no such token
   * @throws IdentityStore.StoreConflict if it cannot be rotated now
   */
  public Optional<Map<String, Object>> rotated(
      String id, Duration overlap, Optional<String> rotator) {
    String value = format.generate();
    Instant end = clock.instant().plus(overlap);
    return store
        .rotate(id, TokenDigest.of(value), TokenFormat.start(value), end, rotator)
        .map(token -> told(token, value, clock.instant()));
  }

  private static Map<String, Object> told(StoredToken token, String value, Instant now) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", token.id());
    fields.put("subject", token.subject());
    fields.put("name", token.name());
    fields.put("value", value);
    token
        .overlap()
        .filter(now::isBefore)
        .ifPresent(end -> fields.put("overlapEnds", end.toString()));
    return fields;
  }
}
