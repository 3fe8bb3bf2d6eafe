package io.scopegate.tls;

import java.net.SocketAddress;
import java.util.Optional;

/**
 * A connection on which HTTP may begin. Immutable.
 *
 * @param peer the client, as a trusted proxy announced it or as the socket has it
 * @param secure whether TLS is spoken
 * @param protocol what was agreed on in the handshake (RFC 7301); {@code http/1.1} if nothing was
 * @param identity who the client is by its certificate, where the listener lets that count
 */
public record Arrival(
    SocketAddress peer, boolean secure, String protocol, Optional<CertificateIdentity> identity) {
  /** The protocol where none was agreed on. */
  public static final String HTTP_1_1 = "http/1.1";

  /** Returns the arrival of a connection without TLS. */
  static Arrival inClear(SocketAddress peer) {
    return new Arrival(peer, false, HTTP_1_1, Optional.empty());
  }
}
