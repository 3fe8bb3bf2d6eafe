package io.scopegate.file;

import io.scopegate.policy.Bounds;
import io.scopegate.policy.Code;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Policy;
import io.scopegate.route.Position;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file of policy tests: who asks what, and what must be decided. Immutable.
 *
 * @param identities who holds what: nobody anything, if the file does not say
 * @param cases in the order of the file
 */
public record PolicyTestFile(Identities identities, List<Case> cases) {

  /** The subject of a caller without a credential. */
  public static final String ANONYMOUS = "anonymous";

  /** Copies what it is given. */
  public PolicyTestFile {
    cases = List.copyOf(cases);
  }

  /**
   * One test.
   *
   * @param subject who asks; {@link #ANONYMOUS} has no credential
   * @param token what the caller's token hands over; without one it is a session
   */
  public record Case(
      String name,
      Position at,
      String subject,
      Optional<Token> token,
      Request request,
      Expectation expectation) {}

  /** What a token hands over. */
  public record Token(List<String> scopes, Bounds bounds) {
    /** Copies what it is given. */
    public Token {
      scopes = List.copyOf(scopes);
    }
  }

  /** What is asked. */
  public record Request(
      String method, String target, String host, Map<String, List<String>> fields) {}

  /**
   * What must be decided.
   *
   * @param code why it must be refused; empty if any refusal will do
   * @param projects what the backend must be told, sorted; {@code *} alone for all
   * @param missing what the refusal must name
   */
  public record Expectation(
      boolean allow,
      Optional<String> code,
      Optional<List<String>> projects,
      Map<String, List<String>> missing) {

    private static final String INVALID = Code.CREDENTIAL_INVALID.word();

    /** Says whether a credential that is not valid may be what the test is about. */
    boolean isMetByInvalidCredential() {
      return !allow && code.orElse(INVALID).equals(INVALID);
    }

    /** Says whether a credential that is not valid is what the test is about. */
    boolean asksForInvalidCredential() {
      return code.equals(Optional.of(INVALID));
    }
  }

  /**
   * What came of reading.
   *
   * @param tests absent if something is wrong
   * @param problems errors and warnings by file, line and column
   */
  public record Outcome(Optional<PolicyTestFile> tests, List<Problem> problems) {
    /** Copies what it is given. */
    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads a file of tests with the identities that it names.
   *
   * @param policy what the tests are for
   */
  public static Outcome read(String path, FileSource source, Policy policy) {
    Problems problems = new Problems();
    Optional<PolicyTestFile> tests = Optional.empty();
    try {
      Reading reading = new Reading(path, source, policy, new NodeReader(problems));
      tests = YamlReader.read(path, source.bytes(path), problems).map(reading::file);
    } catch (IOException e) {
      problems.error(new Position(path, 1, 1), "the file cannot be read: " + e.getMessage());
    }
    return new Outcome(problems.hasErrors() ? Optional.empty() : tests, problems.sorted());
  }

  /** Takes the tree for what it is meant to be. */
  private record Reading(String path, FileSource source, Policy policy, NodeReader reader) {
    private static final Identities NOBODY =
        new Identities(List.of(), Set.of(), Set.of(), List.of());
    private static final String DEFAULT_HOST = "localhost";
    private static final String IF_MEANT = "say `deny: credential_invalid` if that is meant";
    private static final Map<String, Boolean> OUTCOMES = Map.of("allow", true, "deny", false);

    PolicyTestFile file(YamlNode root) {
      Fields fields = reader.fields(root);
      Identities identities = fields.node("identities").map(this::identities).orElse(NOBODY);
      List<Case> cases = new ArrayList<>();
      Set<String> names = new LinkedHashSet<>();
      fields.requiredNode("tests");
      for (YamlNode item : fields.list("tests")) {
        read(item, names).ifPresent(cases::add);
      }
      fields.finish();
      return new PolicyTestFile(identities, cases);
    }

    private Identities identities(YamlNode node) {
      if (node instanceof YamlNode.Mapping) {
        return IdentityFile.inline(node, policy, reader.problems()).orElse(NOBODY);
      }
      Optional<YamlNode.Scalar> name = reader.text(node);
      if (name.isEmpty()) {
        return NOBODY;
      }
      String file;
      try {
        file = Path.of(path).resolveSibling(name.get().text()).normalize().toString();
      } catch (InvalidPathException wrong) {
        reader.mismatch(name.get(), "a path", "");
        return NOBODY;
      }
      IdentityFile.Outcome outcome = IdentityFile.read(file, source, policy);
      reader.problems().addAll(outcome.problems());
      return outcome.identities().orElse(NOBODY);
    }

    private Optional<Case> read(YamlNode item, Set<String> names) {
      Fields fields = reader.fields(item);
      Optional<YamlNode.Scalar> name = fields.requiredText("name");
      Optional<YamlNode.Scalar> subject = fields.requiredText("as");
      Optional<Request> request = fields.requiredNode("request").flatMap(this::request);
      Optional<Expectation> expectation = fields.requiredNode("expect").flatMap(this::expectation);
      Optional<Token> token = fields.fields("token").map(each -> token(each, expectation));
      fields.finish();
      if (name.isPresent() && !names.add(name.get().text())) {
        reader
            .problems()
            .error(
                name.get().at(),
                "there is a test " + Wording.quoted(name.get().text()) + " already");
      }
      return name.isEmpty() || subject.isEmpty() || request.isEmpty() || expectation.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Case(
                  name.get().text(),
                  name.get().at(),
                  subject.get().text(),
                  token,
                  request.get(),
                  expectation.get()));
    }

    private Token token(Fields fields, Optional<Expectation> expectation) {
      fields.requiredNode("scopes");
      List<YamlNode.Scalar> scopes = fields.texts("scopes");
      expectation.ifPresent(wanted -> scopes.forEach(scope -> checkScope(scope, wanted)));
      Optional<String> organization = fields.text("organization").map(YamlNode.Scalar::text);
      Bounds bounds =
          organization.isPresent() ? Bounds.organization(organization.get()) : Bounds.none();
      List<YamlNode.Scalar> projects = fields.texts("projects");
      if (fields.has("projects") && projects.isEmpty()) {
        // Read as "no bound", an empty list would open everything.
        reader.problems().error(fields.keyAt("projects"), "a bound to no project at all");
      }
      if (!projects.isEmpty()) {
        bounds = bounds(projects, organization);
      }
      fields.finish();
      return new Token(words(scopes), bounds);
    }

    /** No token with an unknown scope exists; it is refused, whatever the row asks for. */
    private void checkScope(YamlNode.Scalar scope, Expectation wanted) {
      if (!wanted.isMetByInvalidCredential()) {
        TokenReader.checkScope(scope, policy, reader.problems());
      } else if (!wanted.asksForInvalidCredential()) {
        // Met for a reason that is seldom the one that was meant: a misspelt scope would pass.
        Problems faults = new Problems();
        TokenReader.checkScope(scope, policy, faults);
        for (Problem fault : faults.sorted()) {
          reader
              .problems()
              .warning(
                  scope.at(),
                  fault.message() + ", so the token is refused whatever the row says",
                  fault.hint().isEmpty() ? IF_MEANT : fault.hint());
        }
      }
    }

    private Bounds bounds(List<YamlNode.Scalar> projects, Optional<String> organization) {
      Optional<String> bound = organization;
      List<String> ids = new ArrayList<>();
      for (YamlNode.Scalar project : projects) {
        int slash = project.text().indexOf('/');
        String of = slash < 0 ? "" : project.text().substring(0, slash);
        if (slash <= 0 || bound.filter(other -> !other.equals(of)).isPresent()) {
          reader
              .problems()
              .error(project.at(), "expected `organization/project`, all of one organization");
          return Bounds.none();
        }
        bound = Optional.of(of);
        ids.add(project.text().substring(slash + 1));
      }
      return Bounds.projects(bound.orElseThrow(), ids);
    }

    private Optional<Request> request(YamlNode node) {
      if (node instanceof YamlNode.Mapping) {
        return longRequest(reader.fields(node));
      }
      return reader
          .text(node)
          .flatMap(
              text -> {
                String[] words = text.text().split(" ", -1);
                if (words.length != 2) {
                  reader.mismatch(node, "a request such as `GET /api/me`", "");
                  return Optional.empty();
                }
                return Optional.of(new Request(words[0], words[1], DEFAULT_HOST, Map.of()));
              });
    }

    private Optional<Request> longRequest(Fields fields) {
      Optional<String> method = fields.requiredText("method").map(YamlNode.Scalar::text);
      Optional<String> path = fields.requiredText("path").map(YamlNode.Scalar::text);
      String host = fields.text("host").map(YamlNode.Scalar::text).orElse(DEFAULT_HOST);
      Map<String, List<String>> headers = new LinkedHashMap<>();
      for (YamlNode.Entry entry : fields.entries("headers")) {
        headers.put(
            entry.key(),
            reader.oneOrMore(entry.value()).stream()
                .flatMap(value -> reader.text(value).stream())
                .map(YamlNode.Scalar::text)
                .toList());
      }
      fields.notSupportedYet("body");
      fields.finish();
      return method.isEmpty() || path.isEmpty()
          ? Optional.empty()
          : Optional.of(new Request(method.get(), path.get(), host, headers));
    }

    private Optional<Expectation> expectation(YamlNode node) {
      if (!(node instanceof YamlNode.Mapping)) {
        return reader
            .oneOf(node, OUTCOMES)
            .map(allow -> new Expectation(allow, Optional.empty(), Optional.empty(), Map.of()));
      }
      Fields fields = reader.fields(node);
      Optional<String> code = fields.oneOf("deny", codes());
      fields.oneOf("allow", Map.of("true", true));
      Optional<List<String>> projects =
          fields.has("projects") ? Optional.of(words(fields.texts("projects"))) : Optional.empty();
      Map<String, List<String>> missing = new TreeMap<>();
      fields
          .fields("missing")
          .ifPresent(
              kinds -> {
                for (String kind : List.of("token", "role")) {
                  if (kinds.has(kind)) {
                    missing.put(kind, words(kinds.texts(kind)));
                  }
                }
                kinds.finish();
              });
      if (code.isPresent() && (projects.isPresent() || fields.has("allow"))) {
        reader.problems().error(node.at(), "a refusal has no projects and is not allowed");
      }
      fields.finish();
      return Optional.of(new Expectation(code.isEmpty(), code, projects, missing));
    }

    private static Map<String, String> codes() {
      Map<String, String> codes = new TreeMap<>();
      for (Code code : Code.values()) {
        codes.put(code.word(), code.word());
      }
      return codes;
    }

    private static List<String> words(List<YamlNode.Scalar> texts) {
      return texts.stream().map(YamlNode.Scalar::text).toList();
    }
  }
}
