package io.scopegate.command;

import io.scopegate.endpoint.Json;
import io.scopegate.file.IdentityFile;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Policy;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.tool.Explanation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Explains one decision, step by step: exit 0 if the request is allowed, 1 if it is refused. */
@Command(
    name = "explain",
    description = "Explains one decision, step by step. Exits 0 if it is allowed, 1 if refused.")
final class ExplainCommand implements Callable<Integer> {
  @Mixin private PolicyOption policy = new PolicyOption();
  @Mixin private OutputOption output = new OutputOption();

  @Option(
      names = {"-i", "--identities"},
      paramLabel = "FILE",
      description = "Who holds what, identities.yaml; without it nobody holds anything.")
  private Optional<Path> identities = Optional.empty();

  @Option(
      names = "--as",
      paramLabel = "SUBJECT",
      required = true,
      description = "Who asks; `anonymous` is nobody.")
  private String subject = "";

  @Option(
      names = "--scopes",
      paramLabel = "SCOPE,…",
      description = "By a token that carries these; without it by a session.")
  private Optional<String> scopes = Optional.empty();

  @Option(
      names = "--organization",
      description = "The only organization that the token is good for; needs `--scopes`.")
  private Optional<String> organization = Optional.empty();

  @Option(
      names = "--project",
      split = ",",
      paramLabel = "ORGANIZATION/PROJECT",
      description = "The only projects that the token is good for; needs `--scopes`.")
  private List<String> projects = new ArrayList<>();

  @Option(names = "--host", description = "The value of `Host` (default: ${DEFAULT-VALUE}).")
  private String host = "localhost";

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME: VALUE",
      description = "A header field; may be repeated.")
  private List<String> headers = new ArrayList<>();

  @Parameters(index = "0", paramLabel = "METHOD")
  private String method = "";

  @Parameters(index = "1", paramLabel = "PATH", description = "With the query, if there is one.")
  private String path = "";

  private final Surroundings surroundings;

  ExplainCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Policy table = policy.read();
    Optional<Identities> known = identities.map(file -> read(file, table));
    SupposedCaller supposed =
        new SupposedCaller(subject, scopes.map(SupposedCaller::split), organization, projects);
    Decision decision =
        Authorizer.decide(
            table,
            RequestLine.parse(method, path, host),
            fields(),
            supposed.caller(table, known.orElse(nobody())));
    Explanation explanation = explanation(decision, known);
    if (output.isJson()) {
      surroundings.out().println(Json.text(explanation));
    } else {
      surroundings.out().print(explanation.text());
    }
    return decision instanceof Decision.Deny ? Failure.NO : 0;
  }

  /**
   * Says so where who asks is nobody that the file knows, and is let in by some rows all the same.
   */
  private Explanation explanation(Decision decision, Optional<Identities> known) {
    Explanation explanation = Explanation.of(decision);
    Set<String> subjects = known.map(Identities::subjects).orElse(Set.of(subject));
    return subjects.contains(subject)
        ? explanation
        : explanation.notingOfCredential(
            "the identities know no `"
                + subject
                + "`, who is taken to hold nothing"
                + Failure.hint(subject, subjects));
  }

  private static Identities nobody() {
    return new Identities(List.of(), Set.of(), Set.of(), List.of());
  }

  private static Identities read(Path file, Policy table) {
    IdentityFile.Outcome outcome = IdentityFile.read(file, table);
    return outcome.identities().orElseThrow(() -> Failure.problems(outcome.problems()));
  }

  private HttpFields fields() {
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw Failure.broken("the header `" + header + "` is not spelt `Name: value`");
      }
      fields
          .computeIfAbsent(header.substring(0, colon), name -> new ArrayList<>())
          .add(header.substring(colon + 1).strip());
    }
    return HttpFields.of(fields);
  }
}
