package io.scopegate.file;

import io.scopegate.route.HostPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code use:}. Used by the wiring only. */
final class UseReader {
  private final NodeReader reader;
  private final Problems problems;
  private final Backends backends;

  UseReader(NodeReader reader, Backends backends) {
    this.reader = reader;
    this.problems = reader.problems();
    this.backends = backends;
  }

  List<Use> uses(Optional<YamlNode> node) {
    List<Use> uses = new ArrayList<>();
    for (YamlNode item : node.flatMap(reader::list).orElse(List.of())) {
      if (item instanceof YamlNode.Mapping) {
        use(reader.fields(item)).ifPresent(uses::add);
      } else {
        reader
            .text(item)
            .flatMap(text -> known(text, isFile(text.text())))
            .map(target -> plain(target))
            .ifPresent(uses::add);
      }
    }
    return uses;
  }

  private static boolean isFile(String text) {
    return text.contains("/") || text.endsWith(".yaml");
  }

  private static Use plain(Word target) {
    return new Use(
        target, isFile(target.text()), Optional.empty(), "", Optional.empty(), Optional.empty());
  }

  private Optional<Use> use(Fields fields) {
    Optional<YamlNode.Scalar> preset = fields.text("preset");
    Optional<YamlNode.Scalar> file = fields.text("file");
    Optional<Word> as =
        fields
            .text("as")
            .map(Word::of)
            .filter(word -> Names.isName("name", word.text(), word.at(), problems));
    String prefix = fields.text("prefix").flatMap(this::prefix).orElse("");
    Optional<Inclusion.HostWord> host = fields.text("host").flatMap(this::host);
    Optional<Word> backend = fields.text("backend").map(Word::of);
    backend.ifPresent(backends::check);
    fields.finish();
    if (fields.has("preset") == fields.has("file")) {
      problems.error(fields.at(), "expected exactly one of `preset` and `file`");
      return Optional.empty();
    }
    return preset
        .or(() -> file)
        .flatMap(target -> known(target, file.isPresent()))
        .map(target -> new Use(target, file.isPresent(), as, prefix, host, backend));
  }

  private Optional<Word> known(YamlNode.Scalar target, boolean isFile) {
    if (!isFile && !Presets.names().contains(target.text())) {
      problems.unknown(target.at(), "preset", target.text(), Presets.names());
      return Optional.empty();
    }
    return Optional.of(Word.of(target));
  }

  /** Returns a prefix that templates can follow. */
  Optional<String> prefix(YamlNode.Scalar scalar) {
    String text = scalar.text();
    if (!text.startsWith("/") || text.endsWith("/") || text.contains("*}")) {
      problems.error(
          scalar.at(),
          "prefix "
              + Wording.quoted(text)
              + " must start with `/`, not end with it, and have no"
              + " `{name*}`");
      return Optional.empty();
    }
    return Templates.template(text, scalar.at(), problems).map(template -> text);
  }

  /** Returns a host pattern. */
  Optional<Inclusion.HostWord> host(YamlNode.Scalar scalar) {
    try {
      return Optional.of(new Inclusion.HostWord(scalar.text(), HostPattern.parse(scalar.text())));
    } catch (IllegalArgumentException wrong) {
      problems.error(scalar.at(), String.valueOf(wrong.getMessage()));
      return Optional.empty();
    }
  }
}
