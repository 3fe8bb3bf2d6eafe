package io.scopegate.command;

import io.scopegate.endpoint.Json;
import io.scopegate.file.PolicyReader;
import io.scopegate.policy.Policy;
import io.scopegate.tool.PolicyDiff;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells which decisions change between two route tables: exit 1 if anything widened. */
@Command(
    name = "diff",
    description = {
      "Tells which decisions change between two route tables: decisions are compared, not text.",
      "Exits 1 if anything widened."
    })
final class DiffCommand implements Callable<Integer> {
  private static final int SCOPES_SHOWN = 8;

  @Mixin private OutputOption output = new OutputOption();

  @Option(names = "--allow-widening", description = "Exit 0 even if something widened.")
  private boolean allowWidening;

  @Parameters(index = "0", paramLabel = "OLD", description = "The route table as it was.")
  private Path before = Path.of("old.yaml");

  @Parameters(index = "1", paramLabel = "NEW", description = "The route table as it would be.")
  private Path after = Path.of("new.yaml");

  private final Surroundings surroundings;

  DiffCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    PolicyReader.Outcome old = PolicyReader.read(before, Optional.empty());
    PolicyReader.Outcome now = PolicyReader.read(after, Optional.empty());
    PolicyDiff diff = PolicyDiff.between(policy(old), policy(now));
    if (output.isJson()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("widened", diff.widened());
      fields.put("narrowed", diff.narrowed());
      surroundings.out().println(Json.text(fields));
    } else {
      print("widened", diff.widened());
      print("narrowed", diff.narrowed());
      if (diff.widened().isEmpty() && diff.narrowed().isEmpty()) {
        surroundings.out().println("no decision changes");
      }
    }
    return diff.widened().isEmpty() || allowWidening ? 0 : Failure.NO;
  }

  private static Policy policy(PolicyReader.Outcome outcome) {
    return outcome.policy().orElseThrow(() -> Failure.problems(outcome.problems()));
  }

  /** Changes that differ in nothing but the scope share a line. */
  private record Line(String route, String role, String from, String to) {}

  private void print(String title, List<PolicyDiff.Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    Map<Line, List<String>> lines = new LinkedHashMap<>();
    for (PolicyDiff.Change change : changes) {
      lines
          .computeIfAbsent(
              new Line(change.route(), change.role(), change.from(), change.to()),
              line -> new ArrayList<>())
          .add(change.scope());
    }
    surroundings.out().println(title + ": " + changes.size());
    List<List<String>> rows = new ArrayList<>();
    lines.forEach(
        (line, scopes) ->
            rows.add(
                List.of(
                    "  " + line.route(),
                    line.role(),
                    line.from() + " -> " + line.to(),
                    words(line.role(), scopes))));
    Columns.print(surroundings.out(), rows);
  }

  private static String words(String role, List<String> scopes) {
    if (role.equals(PolicyDiff.ANONYMOUS)) {
      return "without a credential";
    }
    boolean isPage = role.equals(PolicyDiff.PAGE);
    List<String> shown =
        scopes.stream().limit(SCOPES_SHOWN).map(scope -> word(scope, isPage)).toList();
    int rest = scopes.size() - shown.size();
    return (isPage ? "origins: " : "scopes: ")
        + String.join(" ", shown)
        + (rest > 0 ? " and " + rest + " more" : "");
  }

  private static String word(String scope, boolean isOrigin) {
    if (isOrigin) {
      return scope.equals(PolicyDiff.EVERYTHING) ? "(any other)" : scope;
    }
    return scope.isEmpty() ? "(no scope)" : scope;
  }
}
