package io.scopegate.authn.session;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the registered claims of a token must say (RFC 7519 §4.1). A claim of the wrong type is as
 * wrong as one of the wrong value. Immutable.
 */
final class TokenRules {
  /** Beyond it a moment is none: 9999-12-31. */
  private static final double LATEST = 253_402_300_799d;

  private TokenRules() {}

  /** When a token counts. Immutable. */
  record Span(Optional<Instant> begin, Optional<Instant> end) {

    /** Says whether a moment lies within. */
    boolean contains(Instant moment) {
      return begin.filter(moment::isBefore).isEmpty()
          && end.filter(limit -> !moment.isBefore(limit)).isEmpty();
    }
  }

  /** Says whether the token is meant for here. */
  static boolean isForHere(Issuer issuer, Map<String, Object> claims) {
    Object audience = claims.get("aud");
    if (issuer.audiences().isEmpty()) {
      return true;
    }
    if (audience instanceof String one) {
      return issuer.audiences().contains(one);
    }
    return audience instanceof List<?> several
        && several.stream().allMatch(String.class::isInstance)
        && several.stream().anyMatch(issuer.audiences()::contains);
  }

  /**
   * Returns when the token counts, with the issuer's leeway; empty if a moment in it is none.
   *
   * @param endless whether it may go without an end
   */
  static Optional<Span> span(Issuer issuer, Map<String, Object> claims, boolean endless) {
    boolean readable =
        (isMoment(claims.get("exp")) || (endless && !claims.containsKey("exp")))
            && (isMoment(claims.get("nbf")) || !claims.containsKey("nbf"))
            && (isMoment(claims.get("iat")) || !claims.containsKey("iat"));
    if (!readable) {
      return Optional.empty();
    }
    return Optional.of(
        new Span(
            moment(claims.get("nbf"), true).map(begin -> begin.minus(issuer.leeway())),
            moment(claims.get("exp"), false).map(end -> end.plus(issuer.leeway()))));
  }

  private static boolean isMoment(@Nullable Object value) {
    return (value instanceof Integer || value instanceof Long || value instanceof Double)
        && ((Number) value).doubleValue() >= 0
        && ((Number) value).doubleValue() <= LATEST;
  }

  /** A fraction of a second counts against the token. */
  private static Optional<Instant> moment(@Nullable Object value, boolean up) {
    if (!(value instanceof Number number)) {
      return Optional.empty();
    }
    double seconds = number.doubleValue();
    return Optional.of(
        Instant.ofEpochSecond((long) (up ? Math.ceil(seconds) : Math.floor(seconds))));
  }
}
