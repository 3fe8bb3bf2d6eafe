package io.scopegate.tls;

import io.scopegate.file.Problem;

/** Words the problem of a file that has changed into something that cannot be used. */
final class StaleFile {
  private StaleFile() {}

  static Problem problem(TlsFileException e) {
    return new Problem(
        e.file().toString(),
        1,
        1,
        Problem.Severity.WARNING,
        "the file " + e.fault() + ": what was read before stays in force",
        "");
  }
}
