package io.scopegate.file;

import io.scopegate.route.Position;

/** The grammar of names and ids. Safe from any thread. */
final class Names {
  private static final int LONGEST_SUBJECT = 255;

  private Names() {}

  /** Notes it if a permission, role or setting cannot be called so. */
  static boolean isName(String what, String name, Position at, Problems problems) {
    if (name.equals("*")) {
      problems.error(at, "`*` is no name for a " + what + ": it is reserved");
      return false;
    }
    if (!isWord(name)) {
      problems.error(
          at,
          what
              + " "
              + Wording.quoted(name)
              + " must be visible ASCII without `,`, `;`, `\"` and `\\`");
      return false;
    }
    return true;
  }

  /** Notes it if an organization, team or project cannot be called so. */
  static boolean isId(String what, String id, Position at, Problems problems) {
    if (id.equals("*")) {
      problems.error(at, "`*` is no id of a " + what + ": it is reserved");
      return false;
    }
    if (!isWord(id) || id.indexOf('/') >= 0) {
      problems.error(
          at,
          what
              + " "
              + Wording.quoted(id)
              + " must be visible ASCII without `,`, `;`, `\"`, `\\` and `/`");
      return false;
    }
    return true;
  }

  /** Notes it if a subject cannot be called so. */
  static boolean isSubject(String subject, Position at, Problems problems) {
    boolean fits = !subject.isEmpty() && subject.length() <= LONGEST_SUBJECT && isVisible(subject);
    if (!fits) {
      problems.error(
          at,
          "subject "
              + Wording.quoted(subject)
              + " must be 1 to "
              + LONGEST_SUBJECT
              + " visible ASCII characters");
    }
    return fits;
  }

  private static boolean isWord(String text) {
    return !text.isEmpty()
        && isVisible(text)
        && text.chars().noneMatch(c -> c == ',' || c == ';' || c == '"' || c == '\\');
  }

  static boolean isVisible(String text) {
    return text.chars().allMatch(c -> c > 0x20 && c < 0x7F);
  }
}
