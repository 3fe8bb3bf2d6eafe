package io.scopegate.command;

import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What a command finds around it. Safe from any thread.
 *
 * @param out for what was asked for
 * @param err for everything else
 * @param random for secrets
 * @param colours whether a person looks at {@code out}
 */
public record Surroundings(
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    Clock clock,
    RandomGenerator random,
    boolean colours) {
  /** Copies what it is given. */
  public Surroundings {
    environment = Map.copyOf(environment);
  }
}
