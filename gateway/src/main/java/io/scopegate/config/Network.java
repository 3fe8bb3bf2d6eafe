package io.scopegate.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells a network in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3). Immutable. */
final class Network {
  /** Digits only, so that nothing is ever looked up by name. */
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)(?:/([0-9]{1,3}))?");

  private Network() {}

  /** Says whether the text is a network or a single address. */
  static boolean isNetwork(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    try {
      int bits = InetAddress.getByName(matcher.group(1)).getAddress().length * 8;
      String length = matcher.group(2);
      return length == null || Integer.parseInt(length) <= bits;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
