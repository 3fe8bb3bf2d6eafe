package io.scopegate.config;

import io.scopegate.file.NodeReader;
import io.scopegate.file.YamlNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads values that are paths, relative to the folder of the file. Used by the wiring only. */
final class FilePaths {
  private final NodeReader reader;
  private final Path folder;

  FilePaths(NodeReader reader, Path folder) {
    this.reader = reader;
    this.folder = folder;
  }

  /** Returns the path that a value names, if any file can be named so. */
  Optional<Path> path(YamlNode.Scalar value) {
    try {
      return Optional.of(folder.resolve(value.text()));
    } catch (InvalidPathException wrong) {
      reader.mismatch(value, "a path", "");
      return Optional.empty();
    }
  }
}
