package io.scopegate.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** What TLS is spoken with. Immutable. */
public enum TlsLibrary {
  /** BoringSSL, where its native library can be loaded. */
  BORINGSSL(SslProvider.OPENSSL),
  /** The JDK's own. */
  JDK(SslProvider.JDK);

  private final SslProvider provider;

  TlsLibrary(SslProvider provider) {
    this.provider = provider;
  }

  /** Returns BoringSSL, or the JDK's own where there is none. */
  public static TlsLibrary best() {
    return OpenSsl.isAvailable() ? BORINGSSL : JDK;
  }

  SslProvider provider() {
    return provider;
  }
}
