package io.scopegate.config;

import java.util.List;
import java.util.Locale;

/** How the keys of the file are spelt, for an environment that spells them in capitals. */
final class KeySpelling {
  /** Keys in more than one case. */
  private static final List<String> MIXED_CASE =
      List.of(
          "apiVersion",
          "proxyProtocol",
          "minVersion",
          "handshakeTimeout",
          "clientCertificates",
          "serverName",
          "trustedProxies",
          "staleIfError",
          "freshFor",
          "firstByte",
          "perSecond",
          "maxTime",
          "healthCheck",
          "healthyAfter",
          "unhealthyAfter",
          "slowStart",
          "requestHeaders",
          "responseHeaders",
          "headTimeout",
          "bodyTimeout",
          "bodyLimit",
          "idleTimeout",
          "clientId",
          "clientSecret",
          "maxExpiry",
          "targetLength",
          "headerBytes",
          "headerCount",
          "connectionsPerAddress",
          "requestsPerConnection",
          "concurrentStreams",
          "readAhead");

  private KeySpelling() {}

  /** Returns the key that the environment means by this word. */
  static String like(String word) {
    return MIXED_CASE.stream()
        .filter(word::equalsIgnoreCase)
        .findFirst()
        .orElse(word.toLowerCase(Locale.ROOT));
  }
}
