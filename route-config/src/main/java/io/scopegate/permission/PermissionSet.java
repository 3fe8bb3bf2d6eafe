package io.scopegate.permission;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of permissions of one catalogue. Sets of two catalogues never combine: bit 5 of the old
 * catalogue is another permission in the new one. Immutable.
 */
public final class PermissionSet {
  private final PermissionCatalog catalog;
  private final long[] words;

  PermissionSet(PermissionCatalog catalog, long[] words) {
    this.catalog = catalog;
    this.words = words;
  }

  /** Returns what is in this set, in the other, or in both. */
  public PermissionSet union(PermissionSet other) {
    // Mostly one holds the other: then there is nothing to copy.
    if (containsAll(other)) {
      return this;
    }
    if (other.containsAll(this)) {
      return other;
    }
    long[] result = words.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] |= other.words[i];
    }
    return new PermissionSet(catalog, result);
  }

  /** Returns what is in both. */
  public PermissionSet intersect(PermissionSet other) {
    if (other.containsAll(this)) {
      return this;
    }
    if (containsAll(other)) {
      return other;
    }
    long[] result = words.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] &= other.words[i];
    }
    return new PermissionSet(catalog, result);
  }

  /** Returns what is in this set and not in the other. */
  public PermissionSet minus(PermissionSet other) {
    check(other);
    if (isApartFrom(other)) {
      return this;
    }
    long[] result = words.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] &= ~other.words[i];
    }
    return new PermissionSet(catalog, result);
  }

  private boolean isApartFrom(PermissionSet other) {
    for (int i = 0; i < words.length; i++) {
      if ((other.words[i] & words[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Says whether everything in the other set is in this one. */
  public boolean containsAll(PermissionSet other) {
    check(other);
    for (int i = 0; i < words.length; i++) {
      if ((other.words[i] & ~words[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Says whether it is a set of this catalogue. */
  // Two catalogues of the same names are two: bits belong to one of them.
  @SuppressWarnings("ReferenceEquality")
  public boolean isOf(PermissionCatalog other) {
    return catalog == other;
  }

  /** Says whether both are sets of one catalogue, so that they combine. */
  public boolean isLike(PermissionSet other) {
    return isOf(other.catalog);
  }

  /** Says whether there is nothing in it. */
  public boolean isEmpty() {
    for (long word : words) {
      if (word != 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns how many permissions are in it. */
  public int size() {
    int size = 0;
    for (long word : words) {
      size += Long.bitCount(word);
    }
    return size;
  }

  /** Returns the names, sorted. */
  public List<String> names() {
    String[] names = new String[size()];
    int count = 0;
    for (int bit = next(0); bit >= 0; bit = next(bit + 1)) {
      names[count++] = catalog.name(bit);
    }
    return List.of(names);
  }

  boolean contains(int bit) {
    return (words[bit >> 6] & 1L << bit) != 0;
  }

  /** Returns the first member at or after this bit, or -1. */
  int next(int from) {
    int word = from >> 6;
    if (word >= words.length) {
      return -1;
    }
    long rest = words[word] & (-1L << from);
    while (rest == 0) {
      if (++word == words.length) {
        return -1;
      }
      rest = words[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(rest);
  }

  private void check(PermissionSet other) {
    if (other.catalog != catalog) {
      throw new IllegalArgumentException("sets of two catalogues do not combine");
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PermissionSet set
        && set.catalog == catalog
        && Arrays.equals(set.words, words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return names().toString();
  }
}
