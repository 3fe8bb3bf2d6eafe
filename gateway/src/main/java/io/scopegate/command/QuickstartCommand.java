package io.scopegate.command;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the gateway at work: starts everything on loopback and says what to try. */
@Command(
    name = "quickstart",
    description = "Starts a gateway, an example backend and example identities on loopback.")
final class QuickstartCommand implements Callable<Integer> {
  @Option(names = "--smoke", description = "Try it, say what came back, and exit.")
  private boolean smoke;

  private final Surroundings surroundings;

  QuickstartCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Quickstart quickstart = Quickstart.start(surroundings);
    if (smoke) {
      try (quickstart) {
        return tryAll(quickstart);
      }
    }
    invite(quickstart);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  quickstart.gateway().drain();
                  quickstart.close();
                  Runtime.getRuntime().halt(0);
                },
                "drain"));
    new CountDownLatch(1).await();
    return 0;
  }

  private void invite(Quickstart quickstart) throws IOException {
    say("scopegate runs: " + quickstart.gateway());
    say("its files are in " + quickstart.folder() + " until it ends; change routes.yaml there");
    say("");
    say("# tokens of an owner, a member (two of them) and a viewer of acme");
    quickstart.variables().forEach(this::say);
    for (Attempt attempt : quickstart.attempts()) {
      say("");
      say("# " + attempt.title() + ": " + attempt.status() + codeOf(attempt));
      say(attempt.curl());
    }
    say("");
    say("end it with Ctrl-C");
  }

  private int tryAll(Quickstart quickstart) throws IOException, InterruptedException {
    boolean good = true;
    List<Attempt> attempts = quickstart.attempts();
    for (Attempt attempt : attempts) {
      Attempt.Outcome outcome = attempt.perform(quickstart.client());
      say((outcome.asExpected() ? "ok    " : "WRONG ") + attempt.title());
      say("      " + attempt.method() + " " + attempt.url());
      say("      " + outcome.words());
      if (!outcome.asExpected()) {
        say("      expected " + attempt.status() + codeOf(attempt));
        good = false;
      }
    }
    say(good ? "all " + attempts.size() + " as expected" : "not as expected");
    return good ? 0 : Failure.NO;
  }

  private static String codeOf(Attempt attempt) {
    return attempt.code().map(code -> " " + code).orElse("");
  }

  private void say(String line) {
    surroundings.out().println(line);
  }
}
