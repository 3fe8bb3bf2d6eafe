package io.scopegate.file;

import io.scopegate.route.Position;
import java.util.Collection;
import java.util.List;

/**
 * A name that stands in a file. Immutable.
 *
 * @param text as the user wrote it
 * @param name what the policy calls it: with the name under which the file is used
 */
record Word(String text, String name, Position at) {

  /** Returns a word whose name does not depend on how the file is used. */
  static Word of(YamlNode.Scalar scalar) {
    return new Word(scalar.text(), scalar.text(), scalar.at());
  }

  /** Returns those names that this file could mean, as it would write them. */
  List<String> asWrittenHere(Collection<String> names) {
    String prefix = name.substring(0, name.length() - text.length());
    return names.stream()
        .filter(known -> known.startsWith(prefix))
        .map(known -> known.substring(prefix.length()))
        .toList();
  }
}
