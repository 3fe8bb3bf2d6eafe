package io.scopegate.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a socket listens. Immutable.
 *
 * @param host a name or an address; one of IPv6 without its brackets
 * @param port 0 lets the system choose
 */
public record Address(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([0-9a-zA-Z._-]+)):([0-9]{1,5})");

  /** Returns the address of a text such as {@code 127.0.0.1:9901} or {@code [::1]:9901}. */
  public static Optional<Address> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 0xffff) {
      return Optional.empty();
    }
    String bracketed = matcher.group(1);
    String host = bracketed == null ? matcher.group(2) : bracketed;
    return Optional.of(new Address(host, Integer.parseInt(matcher.group(3))));
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
