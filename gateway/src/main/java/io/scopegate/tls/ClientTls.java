package io.scopegate.tls;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.scopegate.file.Problem;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS with a backend, whose certificate is verified: who issued it, that it is valid, and that it
 * is for the name that was asked for. Safe from any thread; only reading files blocks.
 */
public final class ClientTls implements TlsFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ClientTls.class);

  private final BackendTls settings;
  private final List<String> protocols;
  private final TlsLibrary library;
  private final Clock clock;

  /** Why the last handshake failed, by host and port. */
  private final Map<String, String> failures = new ConcurrentHashMap<>();

  private volatile Trust trust;

  /** What was read from the files, and what was made of it. Immutable. */
  private record Trust(
      List<X509Certificate> authorities, Optional<CertifiedKey> key, SslContext context) {
    boolean isSame(List<X509Certificate> others, Optional<CertifiedKey> otherKey) {
      boolean sameKey =
          key.isPresent()
              ? otherKey.isPresent() && key.get().isSame(otherKey.get())
              : otherKey.isEmpty();
      return sameKey && authorities.equals(others);
    }
  }

  /**
   * Reads the files.
   *
   * @param protocols what may be spoken after the handshake (RFC 7301)
   * @throws TlsFileException if one cannot be used
   */
  public ClientTls(BackendTls settings, List<String> protocols, TlsLibrary library, Clock clock)
      throws TlsFileException {
    this.settings = settings;
    this.protocols = List.copyOf(protocols);
    this.library = library;
    this.clock = clock;
    this.trust = trust(authorities(), key());
  }

  private List<X509Certificate> authorities() throws TlsFileException {
    return settings.authorities().isPresent()
        ? CertifiedKey.authorities(settings.authorities().get())
        : List.of();
  }

  private Optional<CertifiedKey> key() throws TlsFileException {
    return settings.certificate().isPresent()
        ? Optional.of(CertifiedKey.read(settings.certificate().get(), clock.instant()))
        : Optional.empty();
  }

  private Trust trust(List<X509Certificate> authorities, Optional<CertifiedKey> key)
      throws TlsFileException {
    SslContextBuilder builder =
        TlsParameters.laidOn(SslContextBuilder.forClient(), library, TlsVersion.TLS_1_2, protocols)
            .endpointIdentificationAlgorithm("HTTPS");
    if (!authorities.isEmpty()) {
      builder.trustManager(authorities.toArray(X509Certificate[]::new));
    }
    key.ifPresent(
        shown -> builder.keyManager(shown.key(), shown.chain().toArray(X509Certificate[]::new)));
    try {
      return new Trust(authorities, key, builder.build());
    } catch (SSLException e) {
      Path file =
          settings
              .certificate()
              .map(KeyFiles::certificate)
              .or(settings::authorities)
              .orElseThrow(() -> new IllegalStateException("the platform has no TLS", e));
      throw new TlsFileException(file, "cannot be used: " + e.getMessage());
    }
  }

  @Override
  public Set<Path> files() {
    Set<Path> files = new LinkedHashSet<>();
    settings.authorities().ifPresent(files::add);
    settings
        .certificate()
        .ifPresent(
            pair -> {
              files.add(pair.certificate());
              files.add(pair.key());
            });
    return files;
  }

  @Override
  public synchronized List<Problem> reload() {
    try {
      List<X509Certificate> authorities = authorities();
      Optional<CertifiedKey> key = key();
      if (!trust.isSame(authorities, key)) {
        trust = trust(authorities, key);
      }
      return List.of();
    } catch (TlsFileException e) {
      return List.of(StaleFile.problem(e));
    }
  }

  /**
   * Puts the handshake in front of a connection that is about to be made. It counts as made when
   * the handshake is done; a handshake that fails is a connection that failed.
   *
   * @param host the host of the URL
   * @param atMost how long the handshake may take
   */
  public void secure(ChannelPipeline pipeline, String host, int port, Duration atMost) {
    String name = settings.serverName().orElse(host);
    SslHandler handler = trust.context().newHandler(pipeline.channel().alloc(), name, port);
    handler.setHandshakeTimeoutMillis(atMost.toMillis());
    pipeline.addLast(
        handler,
        new TruncationGuard(),
        new HandshakeFirst(handler, protocols, failure -> tell(host + ':' + port, failure)));
  }

  /** Logs what an operator must act on, once and not for each connection. */
  private void tell(String backend, @Nullable Throwable failure) {
    if (failure == null) {
      if (!failures.isEmpty() && failures.remove(backend) != null) {
        LOG.info("the handshake with the backend `{}` works again", backend);
      }
      return;
    }
    String why = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    if (!why.equals(failures.put(backend, why))) {
      LOG.warn("the handshake with the backend `{}` failed: {}", backend, why);
    }
  }
}
