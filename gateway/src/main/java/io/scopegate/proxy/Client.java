package io.scopegate.proxy;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.scopegate.authn.Credential;
import io.scopegate.route.HttpFields;
import io.scopegate.tls.Arrival;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Who is at the other end of a frontend connection. Immutable.
 *
 * @param address its address, without the port
 * @param trusted whether its word about where a request came from counts
 * @param secure whether it speaks TLS with us
 * @param certificate what the connection itself presents of who it is
 */
record Client(String address, boolean trusted, boolean secure, Credential certificate) {
  /** Of an IPv6 address with an IPv4 address in it. */
  private static final int LONGEST = 45;

  private static final AttributeKey<Arrival> ARRIVAL =
      AttributeKey.valueOf(Client.class, "arrival");

  /** Notes on a connection how it arrived. */
  static void note(Channel channel, Arrival arrival) {
    channel.attr(ARRIVAL).set(arrival);
  }

  /** Returns the client of a connection, as it arrived. */
  static Client of(Channel channel, TrustedProxies trusted) {
    Arrival arrival = channel.attr(ARRIVAL).get();
    if (arrival == null) {
      return of(channel.remoteAddress(), trusted, false, new Credential.None());
    }
    Credential certificate =
        arrival
            .identity()
            .<Credential>map(
                identity ->
                    identity.subject().isEmpty()
                        ? new Credential.Unusable()
                        : new Credential.Certificate(
                            identity.subject().get(), identity.delegation(), identity.expires()))
            .orElseGet(Credential.None::new);
    return of(arrival.peer(), trusted, arrival.secure(), certificate);
  }

  static Client of(
      SocketAddress peer, TrustedProxies trusted, boolean secure, Credential certificate) {
    if (peer instanceof InetSocketAddress inet && inet.getAddress() != null) {
      InetAddress address = inet.getAddress();
      return new Client(address.getHostAddress(), trusted.include(address), secure, certificate);
    }
    return new Client("unknown", false, secure, certificate);
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
