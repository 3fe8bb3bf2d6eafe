package io.scopegate.proxy;

import io.scopegate.route.HttpFields;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Who is at the other end of a frontend connection. Immutable.
 *
 * @param address its address, without the port
 * @param trusted whether its word about where a request came from counts
 */
record Client(String address, boolean trusted) {
  /** Of an IPv6 address with an IPv4 address in it. */
  private static final int LONGEST = 45;

  static Client of(SocketAddress peer, TrustedProxies trusted) {
    if (peer instanceof InetSocketAddress inet && inet.getAddress() != null) {
      InetAddress address = inet.getAddress();
      return new Client(address.getHostAddress(), trusted.include(address));
    }
    return new Client("unknown", false);
  }

  /** Returns where a request comes from, as far as anybody whose word counts says. */
  String origin(HttpFields fields) {
    if (!trusted) {
      return address;
    }
    List<String> values = fields.values("x-forwarded-for");
    if (values.isEmpty()) {
      return address;
    }
    // The last is what the trusted proxy itself saw; whoever came before may have made up the rest.
    String all = values.get(values.size() - 1);
    String last = all.substring(all.lastIndexOf(',') + 1).strip();
    return isAddress(last) ? last : address;
  }

  private static boolean isAddress(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST
        && text.chars()
            .allMatch(c -> (Character.digit(c, 16) >= 0 && c < 0x7f) || c == '.' || c == ':');
  }
}
