package io.scopegate.tls;

import io.scopegate.policy.Delegation;
import java.time.Instant;
import java.util.Optional;

/**
 * Who a client is by its certificate. Immutable.
 *
 * @param subject empty if the certificate names none, or several
 * @param delegation what it hands over
 * @param expires when the certificate ends, which the connection may outlive
 */
public record CertificateIdentity(
    Optional<String> subject, Delegation delegation, Instant expires) {}
