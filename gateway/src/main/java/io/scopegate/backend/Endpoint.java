package io.scopegate.backend;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** One address of a backend, and what is going on there. Safe from any thread. */
public final class Endpoint {
  private final boolean secure;
  private final String authority;
  private final String host;
  private final int port;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger idle = new AtomicInteger();
  private final AtomicInteger active = new AtomicInteger();

  private Endpoint(boolean secure, String authority, String host, int port) {
    this.secure = secure;
    this.authority = authority;
    this.host = host;
    this.port = port;
  }

  /**
   * Reads the URL of an endpoint.
   *
   * @throws IllegalArgumentException if it is anything but {@code http://host[:port]} or {@code
   *     https://host[:port]}
   */
  public static Endpoint parse(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("`" + url + "` is not a URL", e);
    }
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    if (!secure && !"http".equalsIgnoreCase(uri.getScheme())) {
      throw new IllegalArgumentException("`" + url + "` does not begin with `http://`");
    }
    boolean hostOnly =
        uri.getHost() != null
            && uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
    if (!hostOnly || uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw new IllegalArgumentException(
          "`" + url + "` is more than a host and a port, such as `http://127.0.0.1:9000`");
    }
    String host = uri.getHost();
    int port = uri.getPort() < 0 ? (secure ? 443 : 80) : uri.getPort();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new Endpoint(secure, uri.getRawAuthority(), bare, port);
  }

  /** Returns host and port as the URL has them: what {@code Host} says to this endpoint. */
  public String authority() {
    return authority;
  }

  /** Returns its name or address, one of IPv6 without its brackets. */
  public String host() {
    return host;
  }

  /** Returns its port. */
  public int port() {
    return port;
  }

  /** Returns how many connections there are. */
  public int openConnections() {
    return open.get();
  }

  /** Returns how many connections wait for a request. */
  public int idleConnections() {
    return idle.get();
  }

  /** Returns how many requests are on their way, with those that still connect. */
  public int activeRequests() {
    return active.get();
  }

  /** Looks the address up, names on the executor because that may block. */
  CompletableFuture<InetSocketAddress> address(Executor resolver) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal != null) {
      return CompletableFuture.completedFuture(new InetSocketAddress(inet(literal), port));
    }
    return CompletableFuture.supplyAsync(() -> new InetSocketAddress(lookedUp(), port), resolver);
  }

  private InetAddress inet(byte[] literal) {
    try {
      return InetAddress.getByAddress(host, literal);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  private InetAddress lookedUp() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new CompletionException(e);
    }
  }

  void opened(int change) {
    open.addAndGet(change);
  }

  void idled(int change) {
    idle.addAndGet(change);
  }

  void activated(int change) {
    active.addAndGet(change);
  }

  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + authority;
  }
}
