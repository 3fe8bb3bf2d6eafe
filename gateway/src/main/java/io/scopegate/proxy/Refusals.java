package io.scopegate.proxy;

import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.http1.Fields;
import io.scopegate.route.Expression;
import io.scopegate.route.Rule;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answers to requests that get no further: problem details (RFC 9457) with the fields that go
 * with them. Safe from any thread.
 */
final class Refusals {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String REALM = "Bearer realm=\"scopegate\"";

  private final JsonMapper mapper = JsonMapper.builder().build();
  private final ScopeFields scopeFields;

  Refusals(ScopeFields scopeFields) {
    this.scopeFields = scopeFields;
  }

  /** Returns the answer to a request that was refused. */
  GatewayAnswer of(Decision.Deny deny, String requestId) {
    Code code = deny.code();
    ObjectNode problem =
        problem(code.status(), code.word(), code.title(), deny.detail(), requestId);
    if (code == Code.INSUFFICIENT_ROLE
        || code == Code.INSUFFICIENT_SCOPE
        || code == Code.NOT_A_MEMBER) {
      required(deny).ifPresent(expression -> problem.set("required", json(expression)));
      ObjectNode missing = problem.putObject("missing");
      missing.set("token", json(deny.missing().token()));
      missing.set("role", json(deny.missing().role()));
      problem.put("acquirable", deny.acquirable());
    }
    Fields fields = fields(requestId);
    challenge(deny).ifPresent(challenge -> fields.add("WWW-Authenticate", challenge));
    if (code != Code.NOT_FOUND) {
      scopeFields.setOn(fields, deny);
    }
    return new GatewayAnswer(code.status(), fields, mapper.writeValueAsString(problem));
  }

  /**
   * Returns the answer to a request that something else became of.
   *
   * @param decision the decision, if it came so far
   */
  GatewayAnswer of(Fault fault, String detail, String requestId, Optional<Decision> decision) {
    ObjectNode problem = problem(fault.status(), fault.word(), fault.title(), detail, requestId);
    Fields fields = fields(requestId);
    decision.ifPresent(decided -> scopeFields.setOn(fields, decided));
    return new GatewayAnswer(fault.status(), fields, mapper.writeValueAsString(problem));
  }

  private static Fields fields(String requestId) {
    Fields fields = new Fields();
    fields.add("Content-Type", "application/problem+json");
    // A refusal is for this caller and this moment, and 404 could be kept otherwise.
    fields.add("Cache-Control", "no-store");
    fields.add("X-Request-Id", requestId);
    return fields;
  }

  private static ObjectNode problem(
      int status, String word, String title, String detail, String requestId) {
    ObjectNode problem = JSON.objectNode();
    problem.put("type", "urn:scopegate:problem:" + word);
    problem.put("title", title);
    problem.put("status", status);
    problem.put("detail", detail);
    problem.put("code", word);
    problem.put("requestId", requestId);
    return problem;
  }

  private static Optional<Expression> required(Decision.Deny deny) {
    return deny.route()
        .filter(route -> route.rule() instanceof Rule.Permitted)
        .map(route -> ((Rule.Permitted) route.rule()).requirement().expression());
  }

  private static JsonNode json(Expression expression) {
    if (expression instanceof Expression.Any any) {
      return list("any", any.of());
    }
    if (expression instanceof Expression.All all) {
      return list("all", all.of());
    }
    Expression.Term term = (Expression.Term) expression;
    if (term.at().isEmpty()) {
      return JSON.stringNode(term.permission());
    }
    ObjectNode object = JSON.objectNode();
    object.put("permission", term.permission());
    object.put("at", term.at().get().word());
    return object;
  }

  private static JsonNode list(String key, List<Expression> expressions) {
    ObjectNode object = JSON.objectNode();
    ArrayNode array = object.putArray(key);
    expressions.forEach(expression -> array.add(json(expression)));
    return object;
  }

  private static JsonNode json(List<String> words) {
    ArrayNode array = JSON.arrayNode();
    words.forEach(array::add);
    return array;
  }

  /** RFC 6750 §3: an error is named only where a credential was presented. */
  private static Optional<String> challenge(Decision.Deny deny) {
    return switch (deny.code()) {
      case CREDENTIAL_MISSING -> Optional.of(REALM);
      case CREDENTIAL_INVALID -> Optional.of(REALM + ", error=\"invalid_token\"");
      case INSUFFICIENT_SCOPE ->
          Optional.of(
              REALM
                  + ", error=\"insufficient_scope\", scope=\""
                  + String.join(" ", deny.scope())
                  + "\"");
      default -> Optional.empty();
    };
  }
}
