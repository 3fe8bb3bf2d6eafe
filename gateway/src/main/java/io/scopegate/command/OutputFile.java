package io.scopegate.command;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes what a command makes into a file. */
final class OutputFile {
  private OutputFile() {}

  /** Writes a file, in place of what it held before. */
  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException broken) {
      throw Failure.broken("the file `" + file + "` cannot be written");
    }
  }

  /** Writes a file that is not there yet. */
  static void writeNew(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException taken) {
      throw Failure.broken("the file `" + file + "` is there already; name another one with `-o`");
    } catch (IOException broken) {
      throw Failure.broken("the file `" + file + "` cannot be written");
    }
  }
}
