package io.scopegate.proxy.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight bytes of an array at once, as one number whose lowest byte is the first. Immutable. */
public final class Octets {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH = 0x0101010101010101L;
  private static final long HIGHEST = 0x8080808080808080L;

  private Octets() {}

  /** Returns the eight bytes that begin here. */
  public static long at(byte[] bytes, int index) {
    return (long) LONGS.get(bytes, index);
  }

  /**
   * Says whether they are visible ASCII and space: with the highest bit set in none of them, none
   * is below space (which would borrow) nor is one DEL (which would carry).
   */
  static boolean areVisible(long octets) {
    return ((octets | (octets - EACH * ' ') | (octets + EACH)) & HIGHEST) == 0;
  }

  /** Returns where this ASCII character stands first, or -1. */
  public static int indexOf(byte[] bytes, int from, int to, char wanted) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      // Zero where it stands; the lowest zero byte is the lowest that borrows.
      long apart = at(bytes, i) ^ EACH * wanted;
      long found = (apart - EACH) & ~apart & HIGHEST;
      if (found != 0) {
        return i + (Long.numberOfTrailingZeros(found) >> 3);
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
