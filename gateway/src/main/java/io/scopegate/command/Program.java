package io.scopegate.command;

import io.scopegate.store.StoreFailure;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line: finds the command, and turns what comes of it into an exit code. Used by the
 * wiring only.
 */
public final class Program {
  private Program() {}

  /** Runs one command; returns 0 for yes and done, 1 for no, 2 for wrong use or a broken file. */
  public static int run(String[] args, Surroundings surroundings) {
    PrintWriter out = new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8);
    CommandLine line = commands(surroundings);
    line.setOut(out)
        .setErr(err)
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(surroundings.colours() ? Ansi.ON : Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((wrong, words) -> wrongUse(wrong))
        .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, err));
    int code = line.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  private static CommandLine commands(Surroundings surroundings) {
    CommandLine token =
        new CommandLine(new TokenCommand())
            .addSubcommand(new TokenCreateCommand(surroundings))
            .addSubcommand(new TokenListCommand(surroundings))
            .addSubcommand(new TokenShowCommand(surroundings))
            .addSubcommand(new TokenRotateCommand(surroundings))
            .addSubcommand(new TokenRevokeCommand(surroundings));
    return new CommandLine(new ScopegateCommand())
        .addSubcommand(new RunCommand(surroundings))
        .addSubcommand(new QuickstartCommand(surroundings))
        .addSubcommand(new CheckCommand(surroundings))
        .addSubcommand(new ExplainCommand(surroundings))
        .addSubcommand(new TestCommand(surroundings))
        .addSubcommand(new RoutesCommand(surroundings))
        .addSubcommand(new MatrixCommand(surroundings))
        .addSubcommand(new DiffCommand(surroundings))
        .addSubcommand(new CoverageCommand(surroundings))
        .addSubcommand(new InitCommand(surroundings))
        .addSubcommand(new SchemaCommand(surroundings))
        .addSubcommand(new ImportCommand(surroundings))
        .addSubcommand(token);
  }

  private static int wrongUse(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    String message = String.valueOf(wrong.getMessage()).replace('\'', '`');
    err.println(
        "scopegate: " + message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1));
    UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("try `" + command.getCommandSpec().qualifiedName() + " --help`");
    return Failure.BROKEN;
  }

  private static int failed(Exception failure, PrintWriter err) {
    if (failure instanceof Failure known) {
      err.println(known.words());
      return known.exitCode();
    }
    if (failure instanceof StoreFailure) {
      err.println("scopegate: " + failure.getMessage());
      return Failure.BROKEN;
    }
    err.println("scopegate: a defect: " + failure);
    failure.printStackTrace(err);
    return Failure.BROKEN;
  }
}
