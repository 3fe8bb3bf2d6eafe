package io.scopegate.file;

import io.scopegate.route.Cors;
import io.scopegate.route.HostPattern;
import io.scopegate.route.Position;
import java.util.Optional;

/**
 * How a file takes part in a policy: as the file that was asked for, or used by another one.
 * Immutable.
 *
 * @param label what messages call the file
 * @param namePrefix put before its permissions, roles and settings, such as {@code ci/}
 * @param pathPrefix put before its templates
 * @param host of all its rows, in place of what it says itself
 * @param backend of its rows that name none, before the one that the file itself says
 * @param fallbackBackend of its rows that name none, after the one that the file itself says
 * @param fallbackCors of its rows where neither they nor the file itself say anything
 * @param origin where the file that was asked for says that this one is used
 */
record Inclusion(
    String label,
    String namePrefix,
    String pathPrefix,
    Optional<HostWord> host,
    Optional<Word> backend,
    Optional<Word> fallbackBackend,
    Optional<Cors> fallbackCors,
    Optional<Word> origin) {

  /** A host pattern as the file words it. */
  record HostWord(String text, HostPattern pattern) {}

  /** Returns how the file takes part that was asked for. */
  static Inclusion asked(String label) {
    return new Inclusion(
        label,
        "",
        "",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Returns how a file takes part that this one uses. */
  Inclusion used(
      Use use, String usedLabel, Optional<Word> defaultBackend, Optional<Cors> defaultCors) {
    return new Inclusion(
        usedLabel,
        namePrefix + use.as().map(name -> name.text() + "/").orElse(""),
        pathPrefix + use.prefix(),
        use.host().or(() -> host),
        use.backend(),
        defaultBackend,
        defaultCors,
        origin.or(() -> Optional.of(use.target())));
  }

  /** Returns what tells two uses of one file apart, wherever they stand. */
  String identity() {
    return String.join(
        "\n",
        label,
        namePrefix,
        pathPrefix,
        host.map(HostWord::text).orElse(""),
        backend.map(Word::name).orElse(""),
        fallbackBackend.map(Word::name).orElse(""),
        fallbackCors.map(Cors::toString).orElse(""));
  }

  Word word(String text, Position at) {
    return new Word(text, namePrefix + text, at);
  }

  Word word(YamlNode.Scalar scalar) {
    return word(scalar.text(), scalar.at());
  }
}
