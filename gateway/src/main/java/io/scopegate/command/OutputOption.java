package io.scopegate.command;

import picocli.CommandLine.Option;

/** The option that says in which form a command answers. */
final class OutputOption {
  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "How to answer: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Form form = Form.text;

  /** A form, spelt as on the command line. */
  enum Form {
    text,
    json
  }

  boolean isJson() {
    return form == Form.json;
  }
}
