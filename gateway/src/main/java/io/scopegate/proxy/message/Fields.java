package io.scopegate.proxy.message;

import io.scopegate.route.HttpFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The field lines of a head or of trailers, in order and in the spelling they came in. Confined to
 * the channel's event loop.
 */
public final class Fields implements HttpFields {
  private static final int USUAL = 24;

  /** Values that were checked lately. A race only checks one twice. */
  private static final String[] CHECKED = new String[1024];

  private String[] lines;
  private int size;

  /** A bit for each length that a name has, modulo 64: most searches are for what is not there. */
  private long lengths;

  /** Starts without a field. */
  public Fields() {
    this(USUAL / 2);
  }

  /** Starts without a field, with room for so many lines; more find room too. */
  public Fields(int room) {
    lines = new String[2 * Math.max(1, room)];
  }

  /** Takes all lines out. */
  public void clear() {
    if (lines.length > 4 * USUAL) {
      // One large head must not be paid for as long as the connection lasts.
      lines = new String[USUAL];
    }
    size = 0;
    lengths = 0;
  }

  /** Returns how many field lines there are. */
  public int size() {
    return size;
  }

  /** Returns the name of a line as it was spelt. */
  public String name(int line) {
    return lines[2 * line];
  }

  /** Returns the value of a line. */
  public String value(int line) {
    return lines[2 * line + 1];
  }

  /**
   * Adds a line.
   *
   * @throws IllegalArgumentException if name or value would not be read back as this one line
   */
  public void add(String name, String value) {
    if (!Grammar.isToken(name) || !Grammar.isText(value)) {
      throw new IllegalArgumentException("not a header field: `" + name + "`");
    }
    addRead(name, value);
  }

  /**
   * Adds a line whose name is one of our own constants, so that only the value is checked.
   *
   * @throws IllegalArgumentException if the value would not be read back as it is
   */
  public void addOurs(String name, String value) {
    if (!Grammar.isText(value)) {
      throw new IllegalArgumentException("not a value of the field `" + name + "`");
    }
    addRead(name, value);
  }

  /**
   * Adds a line in the same way, of a value that is kept somewhere and comes again: it is checked
   * once, and remembered.
   *
   * @throws IllegalArgumentException if the value would not be read back as it is
   */
  // Identity is exact here, and free.
  @SuppressWarnings("ReferenceEquality")
  public void addKept(String name, String value) {
    int place = value.hashCode() & (CHECKED.length - 1);
    if (CHECKED[place] == value) {
      addRead(name, value);
    } else {
      addOurs(name, value);
      CHECKED[place] = value;
    }
  }

  /** Adds a line whose name and value were read by the grammar. */
  public void addRead(String name, String value) {
    if (2 * size == lines.length) {
      lines = Arrays.copyOf(lines, 4 * size);
    }
    lines[2 * size] = name;
    lines[2 * size + 1] = value;
    lengths |= 1L << name.length();
    size++;
  }

  /** Adds a line of other fields as it is. */
  public void addFrom(Fields other, int line) {
    addRead(other.name(line), other.value(line));
  }

  /** Replaces the lines of this name by one. */
  public void set(String name, String value) {
    remove(name);
    add(name, value);
  }

  /** Takes the lines of this name out. */
  public void remove(String name) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (!name(i).equalsIgnoreCase(name)) {
        lines[2 * kept] = name(i);
        lines[2 * kept + 1] = value(i);
        kept++;
      }
    }
    size = kept;
  }

  /** Takes the lines out whose names begin so, {@code _} being as good as {@code -}. */
  public void removeAll(String prefix) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      String name = name(i);
      if (name.length() < prefix.length() || !isAlias(prefix, name.substring(0, prefix.length()))) {
        lines[2 * kept] = name;
        lines[2 * kept + 1] = value(i);
        kept++;
      }
    }
    size = kept;
  }

  /** Returns the value of the first line of this name. */
  public Optional<String> first(String name) {
    int line = line(name, 0);
    return line < 0 ? Optional.empty() : Optional.of(value(line));
  }

  private boolean hasNoneAsLongAs(String name) {
    return (lengths & 1L << name.length()) == 0;
  }

  /** Returns the number of the first line of this name from a line on, or -1. */
  public int line(String name, int from) {
    if (hasNoneAsLongAs(name)) {
      return -1;
    }
    for (int i = from; i < size; i++) {
      if (name(i).equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Returns the values of a field as a decision reads them. A line whose name differs only in
   * {@code -} and {@code _} counts twice: some backends read it as this field and others do not, so
   * whoever asks sees a repeated field and refuses it.
   */
  @Override
  public List<String> values(String name) {
    List<String> values = List.of();
    if (hasNoneAsLongAs(name)) {
      return values;
    }
    for (int i = 0; i < size; i++) {
      if (isAlias(name(i), name)) {
        boolean same = name(i).equalsIgnoreCase(name);
        if (same && values.isEmpty()) {
          values = List.of(value(i));
        } else {
          values = new ArrayList<>(values);
          values.add(value(i));
          if (!same) {
            values.add(value(i));
          }
        }
      }
    }
    return values;
  }

  /** Says whether two names are the same but for case and for {@code -} and {@code _}. */
  public static boolean isAlias(String left, String right) {
    if (left.length() != right.length()) {
      return false;
    }
    for (int i = 0; i < left.length(); i++) {
      if (folded(left.charAt(i)) != folded(right.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static int folded(char c) {
    if (c == '_') {
      return '-';
    }
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
  }

  @Override
  public String toString() {
    StringBuilder names = new StringBuilder("Fields");
    for (int i = 0; i < size; i++) {
      // Names only: values hold credentials.
      names.append(i == 0 ? "[" : ", ").append(name(i));
    }
    return names.append(size == 0 ? "[]" : "]").toString();
  }
}
