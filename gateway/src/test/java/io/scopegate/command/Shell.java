package io.scopegate.command;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;

/** Runs commands in this process, at a fixed moment. */
public final class Shell {
  /** The moment at which commands run. */
  public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final Map<String, String> environment;
  private final Random random = new Random(42);

  /** Starts without any variable. */
  public Shell() {
    this(Map.of());
  }

  /** Starts with these variables. */
  public Shell(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** What a command left behind. */
  public record Result(int code, String out, String err) {}

  /** Returns the surroundings of something that nobody looks at. */
  static Surroundings surroundings() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    return new Surroundings(nowhere, nowhere, Map.of(), Clock.systemUTC(), new Random(42), false);
  }

  /** Runs a command. */
  public Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings surroundings =
        new Surroundings(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            Clock.fixed(NOW, ZoneOffset.UTC),
            random,
            false);
    int code = Program.run(args, surroundings);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
