package io.scopegate.file;

import io.scopegate.route.Position;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sees to it that a name means one place only. Used by the wiring only. */
final class AliasCheck {
  private final String what;
  private final NodeReader reader;
  private final Map<String, Position> taken = new HashMap<>();

  AliasCheck(String what, NodeReader reader) {
    this.what = what;
    this.reader = reader;
  }

  /** Notes it if an id cannot be one. */
  void id(String id, Position at) {
    Names.isId(what, id, at, reader.problems());
    claim(id, at);
  }

  /** Returns the other names of a place. */
  Set<String> aliases(Optional<YamlNode> node) {
    Set<String> aliases = new LinkedHashSet<>();
    node.ifPresent(
        list -> {
          for (YamlNode.Scalar alias : reader.texts(list)) {
            Names.isId(what, alias.text(), alias.at(), reader.problems());
            claim(alias.text(), alias.at());
            aliases.add(alias.text());
          }
        });
    return aliases;
  }

  private void claim(String name, Position at) {
    Position earlier = taken.putIfAbsent(name, at);
    if (earlier != null) {
      Position later = isAfter(at, earlier) ? at : earlier;
      Position first = later.equals(at) ? earlier : at;
      reader
          .problems()
          .error(
              later, "name " + Wording.quoted(name) + " is that of the " + what + " at " + first);
    }
  }

  private static boolean isAfter(Position left, Position right) {
    return left.line() != right.line()
        ? left.line() > right.line()
        : left.column() > right.column();
  }
}
