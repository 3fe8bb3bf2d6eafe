package io.scopegate.tls;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How TLS is spoken on a listener. Immutable.
 *
 * @param certificates one or more; the first is shown to clients that name no server
 * @param minVersion the lowest version
 * @param handshakeTimeout from the connection to the end of the handshake
 */
public record ListenerTls(
    List<KeyFiles> certificates,
    TlsVersion minVersion,
    Duration handshakeTimeout,
    Optional<ClientCertificates> clientCertificates) {
  /** Copies what it is given. */
  public ListenerTls {
    certificates = List.copyOf(certificates);
  }
}
