package io.scopegate.command;

import io.scopegate.store.StoreFailure;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
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
    Optional<Path> config = plainRun(args);
    if (config.isPresent()) {
      return run(RunCommand.of(config.get(), surroundings), err);
    }
    CommandLine line = commands(args, surroundings);
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

  /**
   * Returns the file of {@code run -c FILE}, the form in which gateways are started. Reading it
   * with picocli, whose classes no archive of class data takes, would be a fifth of the start.
   */
  private static Optional<Path> plainRun(String[] args) {
    boolean plain =
        args.length == 3
            && args[0].equals("run")
            && (args[1].equals("-c") || args[1].equals("--config"))
            && !args[2].isEmpty()
            // Another option, or a file of arguments.
            && !args[2].startsWith("-")
            && !args[2].startsWith("@");
    return plain ? Optional.of(Path.of(args[2])) : Optional.empty();
  }

  private static int run(RunCommand command, PrintWriter err) {
    try {
      return command.call();
    } catch (InterruptedException | RuntimeException e) {
      int code = failed(e, err);
      err.flush();
      return code;
    }
  }

  /** Reading all commands takes a fifth of a start, so the one that is named comes alone. */
  private static CommandLine commands(String[] args, Surroundings surroundings) {
    Map<String, Supplier<Object>> known = known(surroundings);
    CommandLine line = new CommandLine(new ScopegateCommand());
    Supplier<Object> named = args.length == 0 ? null : known.get(args[0]);
    if (named != null) {
      return line.addSubcommand(named.get());
    }
    known.values().forEach(command -> line.addSubcommand(command.get()));
    return line;
  }

  private static Map<String, Supplier<Object>> known(Surroundings surroundings) {
    Map<String, Supplier<Object>> known = new LinkedHashMap<>();
    known.put("run", () -> new RunCommand(surroundings));
    known.put("quickstart", () -> new QuickstartCommand(surroundings));
    known.put("check", () -> new CheckCommand(surroundings));
    known.put("explain", () -> new ExplainCommand(surroundings));
    known.put("test", () -> new TestCommand(surroundings));
    known.put("routes", () -> new RoutesCommand(surroundings));
    known.put("matrix", () -> new MatrixCommand(surroundings));
    known.put("diff", () -> new DiffCommand(surroundings));
    known.put("coverage", () -> new CoverageCommand(surroundings));
    known.put("init", () -> new InitCommand(surroundings));
    known.put("schema", () -> new SchemaCommand(surroundings));
    known.put("import", () -> new ImportCommand(surroundings));
    known.put("token", () -> token(surroundings));
    return known;
  }

  private static CommandLine token(Surroundings surroundings) {
    return new CommandLine(new TokenCommand())
        .addSubcommand(new TokenCreateCommand(surroundings))
        .addSubcommand(new TokenListCommand(surroundings))
        .addSubcommand(new TokenShowCommand(surroundings))
        .addSubcommand(new TokenRotateCommand(surroundings))
        .addSubcommand(new TokenRevokeCommand(surroundings));
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
