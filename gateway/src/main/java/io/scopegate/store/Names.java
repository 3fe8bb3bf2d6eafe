package io.scopegate.store;

import io.scopegate.permission.Level;
import java.util.Collection;

/**
 * What subjects, places and roles may be called (visible ASCII without what lists and headers are
 * cut at): the last gate before a name is kept. Immutable.
 */
final class Names {
  private static final int SUBJECT_LENGTH = 255;

  private Names() {}

  static void requireSubject(String name) {
    boolean good =
        !name.isEmpty()
            && name.length() <= SUBJECT_LENGTH
            && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (!good) {
      throw new IllegalArgumentException(
          "`" + name + "` is no subject: 1 to 255 visible ASCII characters are");
    }
  }

  static void requirePlace(Level level, String name) {
    if (!isPlain(name) || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "`"
              + name
              + "` is no "
              + level.word()
              + " id: visible ASCII characters without `,` `;` `\"` `\\` `/` are");
    }
  }

  static void requireRoles(Collection<String> names) {
    for (String name : names) {
      if (!isPlain(name) || name.equals("*")) {
        throw new IllegalArgumentException(
            "`" + name + "` is no role: visible ASCII characters without `,` `;` `\"` `\\` are");
      }
    }
  }

  private static boolean isPlain(String name) {
    return !name.isEmpty()
        && name.chars().allMatch(c -> c > ' ' && c < 0x7f && ",;\"\\".indexOf(c) < 0);
  }
}
