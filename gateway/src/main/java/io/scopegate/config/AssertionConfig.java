package io.scopegate.config;

import java.time.Duration;
import java.util.Map;

/**
 * How the gateway signs for backends who asks. Immutable.
 *
 * @param issuer what it calls itself
 * @param lifetime how long an assertion counts
 * @param rotation how long a key signs
 * @param audiences per backend what it is called; one that is not there is called by its name
 */
public record AssertionConfig(
    String issuer, Duration lifetime, Duration rotation, Map<String, String> audiences) {
  /** Copies what it is given. */
  public AssertionConfig {
    audiences = Map.copyOf(audiences);
  }
}
