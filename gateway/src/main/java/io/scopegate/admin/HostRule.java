package io.scopegate.admin;

import java.util.Locale;
import java.util.Set;

/**
 * Says which {@code Host} the admin address goes by: a loopback name, the configured one, and,
 * bound to every interface, any address in digits. A page whose name was pointed at this machine
 * (DNS rebinding) comes with its own name and is refused. Immutable.
 */
final class HostRule {
  private static final Set<String> EVERY_INTERFACE = Set.of("0.0.0.0", "::", "[::]");

  private final String configured;

  HostRule(String configured) {
    this.configured = configured.toLowerCase(Locale.ROOT);
  }

  /** Says whether a request for this host, lower-cased and without its port, is for us. */
  boolean accepts(String host) {
    return host.equals("localhost")
        || host.equals("[::1]")
        || (isDigits(host) && host.startsWith("127."))
        || host.equals(configured)
        || host.equals("[" + configured + "]")
        || (EVERY_INTERFACE.contains(configured) && (isDigits(host) || host.startsWith("[")));
  }

  private static boolean isDigits(String host) {
    return host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }
}
