package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.SharedData;
import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Delegation;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Policy;
import io.scopegate.policy.Principal;
import io.scopegate.route.CredentialKind;
import io.scopegate.route.HttpFields;
import io.scopegate.route.RequestLine;
import io.scopegate.tool.Explanation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A policy with people in it, asked directly. Safe from any thread. */
record PresetCase(Policy policy, Identities identities) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Returns the case of a routes file and an identities file, both as text. */
  static PresetCase of(String routes, String people) {
    PolicyReader.Outcome read =
        PolicyReader.read(
            "routes.yaml",
            FileSource.of(Map.of("routes.yaml", routes)),
            Optional.of(Set.of("core")));
    assertThat(read.problems()).isEmpty();
    Policy policy = read.policy().orElseThrow();
    IdentityFile.Outcome identities =
        IdentityFile.read("people.yaml", FileSource.of(Map.of("people.yaml", people)), policy);
    assertThat(identities.problems()).isEmpty();
    return new PresetCase(policy, identities.identities().orElseThrow());
  }

  /** Returns the routes file that uses a preset and adds nothing. */
  static String using(String preset) {
    return "apiVersion: scopegate/v1\nuse: [" + preset + "]\nbackend: core\n";
  }

  /** Decides a request of a session. */
  Explanation session(String subject, String method, String path) {
    return decided(Caller.Authenticated.session(principal(subject)), method, path);
  }

  /** Decides a request of a token. */
  Explanation token(String subject, List<String> scopes, String method, String path) {
    Caller caller =
        new Caller.Authenticated(
            principal(subject),
            Delegation.of(scopes, Bounds.none(), policy),
            CredentialKind.TOKEN,
            "t1");
    return decided(caller, method, path);
  }

  private Principal principal(String subject) {
    return identities.principal(subject).orElseThrow();
  }

  private Explanation decided(Caller caller, String method, String path) {
    Decision decision =
        Authorizer.decide(
            policy, RequestLine.parse(method, path, "localhost"), HttpFields.none(), caller);
    return Explanation.of(decision);
  }

  /** Returns a description of one of our systems. */
  static JsonNode system(String name) {
    return JSON.readTree(SampleTest.resource("systems/" + name));
  }

  /**
   * Returns the lines of facts that lie beside the repository; without them the test is skipped.
   */
  static Stream<String> outside(String name) {
    return SharedData.text("systems/" + name).lines();
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  static Stream<JsonNode> items(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  static List<String> texts(JsonNode array) {
    return items(array).map(JsonNode::asString).toList();
  }
}
