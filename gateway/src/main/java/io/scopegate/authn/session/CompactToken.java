package io.scopegate.authn.session;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A signed token in compact form (RFC 7515 §7.1), read so that it has one spelling: base64url
 * without padding, foreign characters or stray bits, and a header without extensions or keys. What
 * it says is not verified. Immutable; never printed.
 */
final class CompactToken {
  /** Longer ones are refused unread; a request head would hardly carry them. */
  static final int MAX_LENGTH = 8 * 1024;

  /**
   * Header parameters that no token may have: extensions that must be understood (none is, so even
   * an empty list of them is wrong), other payload encodings, compression, and keys or places of
   * keys that the token would like to be verified with (RFC 8725 §3.10).
   */
  private static final Set<String> REFUSED =
      Set.of("crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c");

  private final Map<String, Object> header;
  private final byte[] payload;
  private final byte[] signingInput;
  private final byte[] signature;

  private CompactToken(
      Map<String, Object> header, byte[] payload, byte[] signingInput, byte[] signature) {
    this.header = header;
    this.payload = payload;
    this.signingInput = signingInput;
    this.signature = signature;
  }

  /** Says whether a value looks like one: it begins as a JSON object in base64url does. */
  static boolean isClaimedBy(String value) {
    return (value.startsWith("ey") || value.startsWith("ew")) && value.indexOf('.') > 0;
  }

  /** Reads a token; empty if it is none. */
  static Optional<CompactToken> parse(String value) {
    if (value.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int first = value.indexOf('.');
    int second = value.indexOf('.', first + 1);
    if (first < 1 || second < 0 || value.indexOf('.', second + 1) >= 0) {
      return Optional.empty();
    }
    Optional<byte[]> header = decoded(value.substring(0, first));
    Optional<byte[]> payload = decoded(value.substring(first + 1, second));
    Optional<byte[]> signature = decoded(value.substring(second + 1));
    if (header.isEmpty() || payload.isEmpty() || signature.isEmpty()) {
      return Optional.empty();
    }
    byte[] input = value.substring(0, second).getBytes(StandardCharsets.US_ASCII);
    return StrictJson.object(header.get())
        .filter(CompactToken::isPlain)
        .map(members -> new CompactToken(members, payload.get(), input, signature.get()));
  }

  private static Optional<byte[]> decoded(String part) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(part);
      // The decoder lets padding and unused bits pass: only what it would write itself counts.
      String canonical = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      return canonical.equals(part) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isPlain(Map<String, Object> header) {
    return header.get("alg") instanceof String
        && isTextOrAbsent(header, "kid")
        && isTextOrAbsent(header, "typ")
        && isTextOrAbsent(header, "cty")
        && !"jwt".equals(shortType(header.get("cty")))
        && REFUSED.stream().noneMatch(header::containsKey);
  }

  private static boolean isTextOrAbsent(Map<String, Object> header, String name) {
    return !header.containsKey(name) || header.get(name) instanceof String;
  }

  /** Returns the bytes that are signed; not a copy, because only readers get them. */
  byte[] payload() {
    return payload;
  }

  /** Returns what the signature is over; not a copy either. */
  byte[] signingInput() {
    return signingInput;
  }

  /** Returns the signature; not a copy either. */
  byte[] signature() {
    return signature;
  }

  /** Returns the algorithm that it claims. */
  String algorithm() {
    return header.get("alg") instanceof String name ? name : "";
  }

  /** Returns the id of the key that it claims to be signed with. */
  Optional<String> keyId() {
    return header.get("kid") instanceof String id ? Optional.of(id) : Optional.empty();
  }

  /** Returns its type in the short form, lower-cased (RFC 7515 §4.1.9). */
  Optional<String> type() {
    return header.containsKey("typ") ? Optional.of(shortType(header.get("typ"))) : Optional.empty();
  }

  private static String shortType(@Nullable Object type) {
    if (!(type instanceof String text)) {
      return "";
    }
    String prefix = "application/";
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.startsWith(prefix) && lower.indexOf('/', prefix.length()) < 0
        ? lower.substring(prefix.length())
        : lower;
  }

  @Override
  public String toString() {
    return "CompactToken[" + header + "]";
  }
}
