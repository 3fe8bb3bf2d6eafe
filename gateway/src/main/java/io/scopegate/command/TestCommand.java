package io.scopegate.command;

import io.scopegate.endpoint.Json;
import io.scopegate.file.FileSource;
import io.scopegate.file.PolicyTestFile;
import io.scopegate.file.Problem;
import io.scopegate.policy.Policy;
import io.scopegate.tool.JUnitReport;
import io.scopegate.tool.PolicyTests;
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

/** Runs policy tests: exit 0 if all of them pass, 1 if one fails. */
@Command(
    name = "test",
    description = "Runs policy tests. Exits 0 if all of them pass, 1 if one fails.")
final class TestCommand implements Callable<Integer> {
  @Mixin private PolicyOption policy = new PolicyOption();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write the results as JUnit XML, too.")
  private Optional<Path> junit = Optional.empty();

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of policy tests.")
  private List<Path> files = new ArrayList<>();

  private final Surroundings surroundings;

  TestCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Policy table = policy.read();
    Map<String, PolicyTestFile> read = read(table);
    Map<String, List<PolicyTests.Result>> results = new LinkedHashMap<>();
    read.forEach((file, tests) -> results.put(file, PolicyTests.run(table, tests)));
    junit.ifPresent(file -> OutputFile.write(file, JUnitReport.text(results)));
    List<PolicyTests.Result> all = results.values().stream().flatMap(List::stream).toList();
    List<PolicyTests.Result> failed = all.stream().filter(test -> !test.passed()).toList();
    List<String> untouched = PolicyTests.untouched(table, all);
    if (output.isJson()) {
      surroundings.out().println(Json.text(fields(all, failed.size(), untouched)));
    } else {
      failed.forEach(this::print);
      print(all.size() - failed.size(), failed.size(), untouched, table.routes().routes().size());
    }
    return failed.isEmpty() ? 0 : Failure.NO;
  }

  /**
   * Reads all files before a test runs, so that all problems are told in one go. Warnings alone end
   * nothing.
   */
  private Map<String, PolicyTestFile> read(Policy table) {
    List<Problem> problems = new ArrayList<>();
    Map<String, PolicyTestFile> read = new LinkedHashMap<>();
    for (Path file : files) {
      PolicyTestFile.Outcome outcome =
          PolicyTestFile.read(file.toString(), FileSource.disk(), table);
      problems.addAll(outcome.problems());
      outcome.tests().ifPresent(tests -> read.put(file.toString(), tests));
    }
    if (problems.stream().anyMatch(Problem::isError)) {
      throw Failure.problems(problems);
    }
    problems.forEach(warning -> surroundings.err().println(warning));
    return read;
  }

  private void print(PolicyTests.Result test) {
    String mark = surroundings.colours() ? "\u001b[31mFAILED\u001b[0m" : "FAILED";
    surroundings.out().println(mark + " " + test.name() + ": " + test.failure());
    test.explanation().text().lines().forEach(line -> surroundings.out().println("  " + line));
  }

  private void print(long passed, long failed, List<String> untouched, int rows) {
    if (!untouched.isEmpty()) {
      surroundings
          .out()
          .println(untouched.size() + " of " + rows + " rows are touched by no test:");
      untouched.forEach(id -> surroundings.out().println("  " + id));
    }
    surroundings.out().println(passed + " passed, " + failed + " failed");
  }

  private static Map<String, Object> fields(
      List<PolicyTests.Result> all, int failed, List<String> untouched) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("passed", all.size() - failed);
    fields.put("failed", failed);
    fields.put("tests", all.stream().map(TestCommand::fields).toList());
    fields.put("untouched", untouched);
    return fields;
  }

  private static Map<String, Object> fields(PolicyTests.Result test) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", test.name());
    fields.put("passed", test.passed());
    fields.put("expected", test.expected());
    fields.put("decision", test.decision());
    fields.put("code", test.code());
    return fields;
  }
}
