package io.scopegate.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Who is at the other end of a frontend connection. Immutable.
 *
 * @param address its address, without the port
 * @param trusted whether its word about where a request came from counts
 */
record Client(String address, boolean trusted) {
  static Client of(SocketAddress peer, TrustedProxies trusted) {
    if (peer instanceof InetSocketAddress inet && inet.getAddress() != null) {
      InetAddress address = inet.getAddress();
      return new Client(address.getHostAddress(), trusted.include(address));
    }
    return new Client("unknown", false);
  }
}
