package io.scopegate.backend;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a backend is said to be: one address, or a name that may stand for several. Immutable.
 *
 * @param host a name or an address; one of IPv6 without its brackets
 * @param authority host and port as the URL has them: what {@code Host} says there
 * @param weight its share of the requests next to other URLs; 0 for none
 * @param http2 whether HTTP/2 is spoken there
 */
public record BackendUrl(String host, int port, String authority, int weight, boolean http2) {
  private static final int HIGHEST_PORT = 65_535;

  /**
   * Reads a URL that has the usual share.
   *
   * @throws IllegalArgumentException if it is anything but {@code http://host[:port]} or {@code
   *     https://host[:port]}, or {@code h2c://} and {@code h2://} for HTTP/2
   */
  public static BackendUrl parse(String url) {
    return parse(url, 1);
  }

  /**
   * Reads a URL that has this share.
   *
   * @throws IllegalArgumentException if it is anything but {@code http://host[:port]} or {@code
   *     https://host[:port]}, or {@code h2c://} and {@code h2://} for HTTP/2
   */
  public static BackendUrl parse(String url, int weight) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("`" + url + "` is not a URL", e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean http2 = scheme.equals("h2c") || scheme.equals("h2");
    boolean secure = scheme.equals("https") || scheme.equals("h2");
    if (!http2 && !secure && !scheme.equals("http")) {
      throw new IllegalArgumentException("`" + url + "` does not begin with `http://`");
    }
    boolean hostOnly =
        uri.getHost() != null
            && uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
    if (!hostOnly || uri.getPort() == 0 || uri.getPort() > HIGHEST_PORT) {
      throw new IllegalArgumentException(
          "`" + url + "` is more than a host and a port, such as `http://127.0.0.1:9000`");
    }
    String host = uri.getHost();
    int port = uri.getPort() < 0 ? (secure ? 443 : 80) : uri.getPort();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new BackendUrl(bare, port, uri.getRawAuthority(), weight, http2);
  }

  /** Returns the address if that is what the URL has, so that nothing is to be looked up. */
  Optional<InetAddress> address() {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(host, literal));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
