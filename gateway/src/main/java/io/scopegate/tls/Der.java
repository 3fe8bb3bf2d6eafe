package io.scopegate.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/** As much of DER (X.690) as it takes to put an older key into PKCS #8. Immutable. */
final class Der {
  private static final int INTEGER = 0x02;
  private static final int OCTETS = 0x04;
  private static final int SEQUENCE = 0x30;
  private static final int CURVE = 0xa0;

  /** The {@code version} of PKCS #8 (RFC 5208 §5). */
  private static final byte[] VERSION = {INTEGER, 1, 0};

  /** The algorithm {@code rsaEncryption} with its empty parameters (RFC 8017 appendix A.1). */
  private static final byte[] RSA = {
    SEQUENCE, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
  };

  /** The object identifier {@code id-ecPublicKey} (RFC 5480 §2.1.1). */
  private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private Der() {}

  /** Puts an {@code RSAPrivateKey} (RFC 8017 appendix A.1.2) into PKCS #8. */
  static byte[] pkcs8OfRsa(byte[] key) {
    return wrapped(SEQUENCE, VERSION, RSA, wrapped(OCTETS, key));
  }

  /** Puts an {@code ECPrivateKey} (RFC 5915 §3) into PKCS #8, if it says which curve it is on. */
  static Optional<byte[]> pkcs8OfEc(byte[] key) {
    return curve(key)
        .map(
            curve ->
                wrapped(SEQUENCE, VERSION, wrapped(SEQUENCE, EC, curve), wrapped(OCTETS, key)));
  }

  private static Optional<byte[]> curve(byte[] key) {
    int at = content(key, 0);
    while (at > 0 && at < key.length) {
      int content = content(key, at);
      int end = content < 0 ? -1 : content + length(key, at);
      if (end < 0 || end > key.length) {
        return Optional.empty();
      }
      if ((key[at] & 0xff) == CURVE) {
        return Optional.of(Arrays.copyOfRange(key, content, end));
      }
      at = end;
    }
    return Optional.empty();
  }

  /** Returns where the content of the element at this place starts; -1 if there is none. */
  private static int content(byte[] der, int at) {
    if (at + 1 >= der.length) {
      return -1;
    }
    int first = der[at + 1] & 0xff;
    return first < 0x80 ? at + 2 : first == 0x81 ? at + 3 : first == 0x82 ? at + 4 : -1;
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f) && at + 2 + i < der.length; i++) {
      length = length << 8 | (der[at + 2 + i] & 0xff);
    }
    return length;
  }

  private static byte[] wrapped(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
