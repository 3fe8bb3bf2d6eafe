package io.scopegate.file;

import io.scopegate.route.Position;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a routes file and all files that it uses. Used by the wiring only. */
final class UsedFiles {
  private static final int MAX_FILES = 1000;
  private static final int MAX_DEPTH = 16;

  private final FileSource source;
  private final Problems problems;
  private final PolicyFileReader reader;
  private final Deque<String> open = new ArrayDeque<>();
  private final Set<String> seen = new HashSet<>();
  private final Set<String> labels = new LinkedHashSet<>();

  /** A file and those that it uses. */
  record Tree(PolicyFile file, List<Tree> used) {}

  UsedFiles(FileSource source, Problems problems, PolicyFileReader reader) {
    this.source = source;
    this.problems = problems;
    this.reader = reader;
  }

  /** Returns the file that was asked for, if it can be read. */
  Optional<Tree> tree(String path) {
    labels.add(path);
    return content(path, new Word(path, path, new Position(path, 1, 1)))
        .flatMap(bytes -> tree(bytes, Inclusion.asked(path)));
  }

  /** Returns the paths of the files that were looked for, presets left out. */
  List<String> paths() {
    return List.copyOf(labels);
  }

  private Optional<Tree> tree(byte[] bytes, Inclusion inclusion) {
    Optional<YamlNode> root = YamlReader.read(inclusion.label(), bytes, problems);
    if (root.isEmpty()) {
      return Optional.empty();
    }
    PolicyFile file = reader.read(root.get(), inclusion);
    List<Tree> used = new ArrayList<>();
    open.push(inclusion.label());
    for (Use use : file.uses()) {
      used(use, file).ifPresent(used::add);
    }
    open.pop();
    return Optional.of(new Tree(file, used));
  }

  private Optional<Tree> used(Use use, PolicyFile by) {
    Word target = use.target();
    Optional<String> label = label(use, by.inclusion().label());
    if (label.isEmpty()) {
      return Optional.empty();
    }
    Inclusion inclusion = by.inclusion().used(use, label.get(), by.defaultBackend(), by.cors());
    if (open.contains(label.get())) {
      problems.error(
          target.at(), "cycle: " + Wording.quoted(target.text()) + " uses this file again");
      return Optional.empty();
    }
    if (open.size() >= MAX_DEPTH || seen.size() >= MAX_FILES) {
      problems.error(
          target.at(),
          "more than " + MAX_FILES + " files, or files that use each other " + MAX_DEPTH + " deep");
      return Optional.empty();
    }
    // The same file used twice in the same way says everything once.
    if (!seen.add(inclusion.identity())) {
      return Optional.empty();
    }
    if (!use.isFile()) {
      return tree(Presets.bytes(target.text()), inclusion);
    }
    labels.add(label.get());
    return content(label.get(), target).flatMap(bytes -> tree(bytes, inclusion));
  }

  private Optional<String> label(Use use, String usedBy) {
    Word target = use.target();
    if (!use.isFile()) {
      return Optional.of(Presets.label(target.text()));
    }
    try {
      Path path = Path.of(target.text());
      if (!path.isAbsolute()) {
        return Optional.of(Path.of(usedBy).resolveSibling(path).normalize().toString());
      }
      problems.error(
          target.at(),
          "file " + Wording.quoted(target.text()) + " must be relative to the file that uses it");
    } catch (InvalidPathException wrong) {
      problems.error(target.at(), Wording.quoted(target.text()) + " is no path");
    }
    return Optional.empty();
  }

  private Optional<byte[]> content(String path, Word named) {
    try {
      return Optional.of(source.bytes(path));
    } catch (NoSuchFileException | FileNotFoundException missing) {
      problems.error(named.at(), "there is no file " + Wording.quoted(named.text()));
    } catch (IOException | InvalidPathException unreadable) {
      problems.error(named.at(), "file " + Wording.quoted(named.text()) + " cannot be read");
    }
    return Optional.empty();
  }
}
