package io.scopegate.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The certificates of a listener by the names they are for. Immutable. */
final class ServerContexts {
  private static final long SESSION_SECONDS = 300;

  private final Material material;
  private final SslContext first;
  private final Map<String, SslContext> byName;

  /**
   * What was read from the files. Immutable.
   *
   * @param authorities of client certificates; empty if none are asked for
   */
  record Material(List<CertifiedKey> keys, List<X509Certificate> authorities) {
    Material {
      keys = List.copyOf(keys);
      authorities = List.copyOf(authorities);
    }

    boolean isSame(Material other) {
      if (keys.size() != other.keys.size() || !authorities.equals(other.authorities)) {
        return false;
      }
      for (int i = 0; i < keys.size(); i++) {
        if (!keys.get(i).isSame(other.keys.get(i))) {
          return false;
        }
      }
      return true;
    }
  }

  private ServerContexts(Material material, SslContext first, Map<String, SslContext> byName) {
    this.material = material;
    this.first = first;
    this.byName = Map.copyOf(byName);
  }

  static ServerContexts of(
      Material material, ListenerTls settings, List<String> protocols, TlsLibrary library)
      throws SSLException {
    Map<String, SslContext> byName = new HashMap<>();
    SslContext first = null;
    for (CertifiedKey key : material.keys()) {
      SslContext context = context(key, material, settings, protocols, library);
      first = first == null ? context : first;
      // The certificate that stands first in the configuration wins a name that two have.
      key.names().forEach(name -> byName.putIfAbsent(name, context));
    }
    if (first == null) {
      throw new IllegalArgumentException("a listener needs a certificate");
    }
    return new ServerContexts(material, first, byName);
  }

  private static SslContext context(
      CertifiedKey key,
      Material material,
      ListenerTls settings,
      List<String> protocols,
      TlsLibrary library)
      throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(key.key(), key.chain().toArray(X509Certificate[]::new));
    TlsParameters.laidOn(builder, library, settings.minVersion(), protocols);
    settings
        .clientCertificates()
        .ifPresent(
            wanted ->
                builder
                    .trustManager(material.authorities().toArray(X509Certificate[]::new))
                    .clientAuth(wanted.required() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL));
    // A session may be taken up again for this long: by the keys of this context alone, which the
    // library renews. Whatever is read anew, authorities too, begins with new ones.
    return builder.sessionTimeout(SESSION_SECONDS).build();
  }

  Material material() {
    return material;
  }

  /**
   * Returns the one to show to a client.
   *
   * @param name the server that it asks for in lower case, if it names one (RFC 6066 §3)
   * @return empty if it names one that none of several certificates is for
   */
  Optional<SslContext> choose(@Nullable String name) {
    if (name == null || material.keys().size() == 1) {
      // Nothing to choose by, or nothing to choose from: the client judges what it is shown.
      return Optional.of(first);
    }
    SslContext exact = byName.get(name);
    if (exact != null) {
      return Optional.of(exact);
    }
    int dot = name.indexOf('.');
    return dot < 0 ? Optional.empty() : Optional.ofNullable(byName.get("*" + name.substring(dot)));
  }
}
