package io.scopegate.command;

import io.scopegate.Gateway;
import io.scopegate.config.GatewayConfig;
import io.scopegate.file.Problem;
import io.scopegate.guard.PolicySource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the gateway until the process is told to end. */
@Command(name = "run", description = "Runs the gateway until the process is told to end.")
final class RunCommand implements Callable<Integer> {
  private static final String ADMIN_TOKEN = "SCOPEGATE_ADMIN_TOKEN";

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--no-watch",
      negatable = true,
      description = "Do not reload the route table when its files change (default: reload).")
  private boolean watch = true;

  private final Surroundings surroundings;

  RunCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Returns the command for a file, as if it had been read from the command line. */
  static RunCommand of(Path file, Surroundings surroundings) {
    RunCommand command = new RunCommand(surroundings);
    command.config = ConfigOption.of(file);
    return command;
  }

  @Override
  public Integer call() throws InterruptedException {
    Gateway gateway = start(config.read(surroundings), watch, surroundings);
    surroundings
        .out()
        .println("scopegate " + ScopegateCommand.Version.text() + " runs: " + gateway);
    drainAtEnd(gateway);
    new CountDownLatch(1).await();
    return 0;
  }

  /** Starts a gateway; what keeps it from starting ends the command. */
  static Gateway start(GatewayConfig config, boolean watch, Surroundings surroundings) {
    PolicySource.Loaded first = Gateway.policySource(config).read();
    if (first.policy().isEmpty()) {
      throw Failure.problems(first.problems());
    }
    first.problems().stream().map(Problem::toString).forEach(surroundings.err()::println);
    Optional<String> adminToken = Optional.ofNullable(surroundings.environment().get(ADMIN_TOKEN));
    try {
      return Gateway.start(
          config,
          first,
          new Gateway.Surroundings(surroundings.clock(), surroundings.random(), adminToken, watch));
    } catch (IOException | IllegalArgumentException e) {
      throw Failure.broken(String.valueOf(e.getMessage()));
    }
  }

  /** A JVM that gets SIGTERM ends with 143; ours drains, and ends with 0. */
  static void drainAtEnd(Gateway gateway) {
    Thread end =
        new Thread(
            () -> {
              gateway.drain();
              gateway.close();
              Runtime.getRuntime().halt(0);
            },
            "drain");
    Runtime.getRuntime().addShutdownHook(end);
  }
}
