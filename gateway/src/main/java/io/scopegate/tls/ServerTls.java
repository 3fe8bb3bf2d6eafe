package io.scopegate.tls;

import io.scopegate.file.Problem;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * TLS with the clients of a listener. Certificates are made anew from their files while connections
 * live on. Safe from any thread; only reading files blocks.
 */
public final class ServerTls implements TlsFiles {
  private final ListenerTls settings;
  private final List<String> protocols;
  private final TlsLibrary library;
  private final Clock clock;
  private final LongAdder handshakes = new LongAdder();
  private final LongAdder failedHandshakes = new LongAdder();
  private final LongAdder failedReloads = new LongAdder();
  private volatile ServerContexts contexts;

  /**
   * Reads the files.
   *
   * @param protocols what may be spoken after the handshake (RFC 7301), what is liked best first
   * @throws TlsFileException if one cannot be used
   */
  public ServerTls(ListenerTls settings, List<String> protocols, TlsLibrary library, Clock clock)
      throws TlsFileException {
    this.settings = settings;
    this.protocols = List.copyOf(protocols);
    this.library = library;
    this.clock = clock;
    this.contexts = contexts(material());
  }

  private ServerContexts.Material material() throws TlsFileException {
    List<CertifiedKey> keys = new ArrayList<>();
    for (KeyFiles files : settings.certificates()) {
      keys.add(CertifiedKey.read(files, clock.instant()));
    }
    return new ServerContexts.Material(
        keys,
        settings.clientCertificates().isPresent()
            ? CertifiedKey.authorities(settings.clientCertificates().get().authorities())
            : List.of());
  }

  private ServerContexts contexts(ServerContexts.Material material) throws TlsFileException {
    try {
      return ServerContexts.of(material, settings, protocols, library);
    } catch (SSLException e) {
      throw new TlsFileException(
          settings.certificates().get(0).certificate(), "cannot be used: " + e.getMessage());
    }
  }

  @Override
  public Set<Path> files() {
    Set<Path> files = new LinkedHashSet<>();
    for (KeyFiles pair : settings.certificates()) {
      files.add(pair.certificate());
      files.add(pair.key());
    }
    settings.clientCertificates().ifPresent(wanted -> files.add(wanted.authorities()));
    return files;
  }

  @Override
  public synchronized List<Problem> reload() {
    try {
      ServerContexts.Material read = material();
      if (!read.isSame(contexts.material())) {
        contexts = contexts(read);
      }
      return List.of();
    } catch (TlsFileException e) {
      failedReloads.increment();
      return List.of(StaleFile.problem(e));
    }
  }

  /** Returns when the first of the certificates in force ends. */
  public Instant expires() {
    return contexts.material().keys().stream()
        .map(CertifiedKey::expires)
        .min(Instant::compareTo)
        .orElse(Instant.MAX);
  }

  /** Returns how many handshakes came to a good end. */
  public long handshakes() {
    return handshakes.sum();
  }

  /** Returns how many handshakes did not. */
  public long failedHandshakes() {
    return failedHandshakes.sum();
  }

  /** Returns how many times files could not be used that had changed. */
  public long failedReloads() {
    return failedReloads.sum();
  }

  ListenerTls settings() {
    return settings;
  }

  ServerContexts contexts() {
    return contexts;
  }

  void succeeded() {
    handshakes.increment();
  }

  void failed() {
    failedHandshakes.increment();
  }

  /** Returns who the client is by its certificate, where that counts and there is one. */
  Optional<CertificateIdentity> identity(SSLSession session) {
    Optional<SubjectRule> rule = settings.clientCertificates().flatMap(ClientCertificates::subject);
    if (rule.isEmpty()) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      X509Certificate certificate = (X509Certificate) chain[0];
      return Optional.of(
          new CertificateIdentity(
              rule.get().subject(certificate),
              rule.get().delegation(),
              certificate.getNotAfter().toInstant()));
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // it has shown none
    }
  }
}
