package io.scopegate.route;

import java.util.Optional;

/**
 * The host that a row is limited to: {@code api.example.com}, or {@code {org}.example.com} with one
 * label that is a parameter. Lower case, without a port. Immutable.
 *
 * @param label the parameter's name, if the first label is one
 * @param rest the literal part: the whole host, or what follows the label including its dot
 */
public record HostPattern(Optional<String> label, String rest) {

  /**
   * Returns the pattern that this text states.
   *
   * @throws IllegalArgumentException with what is wrong, if it states none
   */
  public static HostPattern parse(String text) {
    throw new UnsupportedOperationException(text);
  }

  /** Returns the value of the label if the host fits, the empty string if it fits and has none. */
  public Optional<String> match(String host) {
    throw new UnsupportedOperationException(host);
  }
}
