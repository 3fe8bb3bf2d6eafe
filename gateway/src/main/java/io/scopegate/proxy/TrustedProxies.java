package io.scopegate.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;

/** The address ranges whose word about where a request came from counts. Immutable. */
public final class TrustedProxies {
  private static final TrustedProxies NONE = new TrustedProxies(List.of());

  private final List<Range> ranges;

  private TrustedProxies(List<Range> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /** Returns that nobody is trusted. */
  public static TrustedProxies none() {
    return NONE;
  }

  /**
   * Reads ranges in CIDR notation, or single addresses.
   *
   * @throws IllegalArgumentException if one is neither
   */
  public static TrustedProxies parse(List<String> ranges) {
    return new TrustedProxies(ranges.stream().map(TrustedProxies::range).toList());
  }

  private static Range range(String text) {
    int slash = text.indexOf('/');
    byte[] address =
        NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw notARange(text);
    }
    int all = 8 * address.length;
    if (slash < 0) {
      return new Range(address, all);
    }
    String bits = text.substring(slash + 1);
    if (!bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > all) {
      throw notARange(text);
    }
    return new Range(address, Integer.parseInt(bits));
  }

  private static IllegalArgumentException notARange(String text) {
    return new IllegalArgumentException(
        "`" + text + "` is not an address range, such as `10.0.0.0/8`");
  }

  /** Says whether the address is in one of the ranges. */
  public boolean include(InetAddress address) {
    byte[] bytes = address.getAddress();
    for (Range range : ranges) {
      if (range.holds(bytes)) {
        return true;
      }
    }
    return false;
  }

  private static final class Range {
    private final byte[] address;
    private final int bits;

    Range(byte[] address, int bits) {
      this.address = address;
      this.bits = bits;
    }

    boolean holds(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit & 7);
        if (((address[bit >> 3] ^ other[bit >> 3]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
