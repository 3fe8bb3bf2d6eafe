package io.scopegate.tls;

import io.scopegate.file.Problem;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The only authorities that count where the gateway asks somebody over TLS of the platform. Safe
 * from any thread; only reading the file blocks.
 */
public final class TrustedAuthorities implements TlsFiles {
  private final Path file;
  private final SSLContext context;
  private volatile Trust trust;

  /** What was read from the file, and who judges by it. Immutable. */
  private record Trust(List<X509Certificate> authorities, X509ExtendedTrustManager judge) {}

  /**
   * Reads the file.
   *
   * @throws TlsFileException if it cannot be used
   */
  public TrustedAuthorities(Path file) throws TlsFileException {
    this.file = file;
    this.trust = read(file);
    try {
      this.context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Current()}, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  private static Trust read(Path file) throws TlsFileException {
    List<X509Certificate> authorities = CertifiedKey.authorities(file);
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry(Integer.toString(i), authorities.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager judge) {
          return new Trust(List.copyOf(authorities), judge);
        }
      }
    } catch (GeneralSecurityException e) {
      throw new TlsFileException(file, "cannot be used: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("an empty store can be made", e);
    }
    throw new IllegalStateException("every Java platform can verify certificates");
  }

  /** Returns what connections are made with; it follows the file. */
  public SSLContext context() {
    return context;
  }

  @Override
  public Set<Path> files() {
    return Set.of(file);
  }

  @Override
  public synchronized List<Problem> reload() {
    try {
      Trust next = read(file);
      if (!next.authorities().equals(trust.authorities())) {
        trust = next;
      }
      return List.of();
    } catch (TlsFileException e) {
      return List.of(StaleFile.problem(e));
    }
  }

  /** Judges by what was read last. Names are compared by whoever is asked, as the caller wants. */
  private final class Current extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      trust.judge().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      trust.judge().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      trust.judge().checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      trust.judge().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      trust.judge().checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      trust.judge().checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return trust.judge().getAcceptedIssuers();
    }
  }
}
