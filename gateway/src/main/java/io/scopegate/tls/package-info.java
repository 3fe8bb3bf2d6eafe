/**
 * What a connection goes through before HTTP is spoken on it: the PROXY protocol, the TLS
 * handshake, and who its certificate says it is.
 *
 * <pre>
 * client ⇄ HAProxyMessageDecoder → AnnouncedPeer        (where a listener takes announcements)
 *        ⇄ ClearTextGuard → ServerNameHandler/SslHandler → HandshakeEnd → HTTP
 * backend ⇄ SslHandler → TruncationGuard → HandshakeFirst → HTTP
 * </pre>
 *
 * <p>Certificates and keys are read from files by {@code CertifiedKey} alone, for the check of a
 * configuration as for the handshake.
 */
@NullMarked
package io.scopegate.tls;

import org.jspecify.annotations.NullMarked;
