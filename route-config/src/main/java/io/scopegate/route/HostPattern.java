package io.scopegate.route;

import java.util.Locale;
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
    if (!text.startsWith("{")) {
      return new HostPattern(Optional.empty(), host(text, text));
    }
    int close = text.indexOf('}');
    if (close < 0) {
      throw new IllegalArgumentException("host `" + text + "` has a `{` without its `}`");
    }
    String label = PathTemplate.parameterName(text.substring(1, close));
    String rest = text.substring(close + 1);
    if (!rest.startsWith(".")) {
      throw new IllegalArgumentException(
          "host `" + text + "` needs a literal host after its label, as in `{org}.example.com`");
    }
    return new HostPattern(Optional.of(label), "." + host(text, rest.substring(1)));
  }

  private static String host(String text, String literal) {
    if (literal.indexOf('{') >= 0 || literal.indexOf('}') >= 0) {
      throw new IllegalArgumentException(
          "host `" + text + "` can have a parameter only as its whole first label");
    }
    if (!Authority.isHost(literal)) {
      throw new IllegalArgumentException(
          "host `" + text + "` is no host: a name or address without a port is");
    }
    return literal.toLowerCase(Locale.ROOT);
  }

  /** Returns the value of the label if the host fits, the empty string if it fits and has none. */
  public Optional<String> match(String host) {
    if (label.isEmpty()) {
      return host.equals(rest) ? Optional.of("") : Optional.empty();
    }
    // One label: what follows the first dot is literal.
    int dot = host.indexOf('.');
    return dot > 0 && host.length() - dot == rest.length() && host.endsWith(rest)
        ? Optional.of(host.substring(0, dot))
        : Optional.empty();
  }
}
