package io.scopegate.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program itself: shows what it can do. */
@Command(
    name = "scopegate",
    description = "Enforces permissions at the API edge.",
    versionProvider = ScopegateCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:yes, or done",
      "1:no, findings, or failed tests",
      "2:wrong use, or a broken file"
    })
@SuppressWarnings("UnusedVariable") // the options are read by picocli alone
final class ScopegateCommand {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  private boolean version;

  /** Says which version runs. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"scopegate " + text()};
    }

    static String text() {
      String version = ScopegateCommand.class.getPackage().getImplementationVersion();
      return version == null ? "(built from sources)" : version;
    }
  }
}
