package io.scopegate.proxy;

import io.scopegate.policy.Code;
import io.scopegate.policy.Decision;
import io.scopegate.proxy.ProblemTexts.Problem;
import io.scopegate.proxy.ProblemTexts.Shortfall;
import io.scopegate.proxy.message.Fields;
import io.scopegate.route.Expression;
import io.scopegate.route.Rule;
import java.util.Optional;

/**
 * The answers to requests that get no further: problem details (RFC 9457) with the fields that go
 * with them. Safe from any thread.
 */
final class Refusals {
  private static final int UNAVAILABLE = 503;

  /** As many fields as most refusals have. */
  private static final int ROOM = 8;

  /** What is away is looked for every moment: it is worth asking again soon. */
  private static final String RETRY_SECONDS = "1";

  private static final String REALM = "Bearer realm=\"scopegate\"";

  private final ProblemTexts texts = new ProblemTexts();

  /** Returns the answer to a request that was refused. */
  GatewayAnswer of(Decision.Deny deny, String requestId) {
    Code code = deny.code();
    Optional<Shortfall> shortfall =
        code == Code.INSUFFICIENT_ROLE
                || code == Code.INSUFFICIENT_SCOPE
                || code == Code.NOT_A_MEMBER
            ? Optional.of(new Shortfall(required(deny), deny.missing(), deny.acquirable()))
            : Optional.empty();
    Problem problem =
        new Problem(code.status(), code.word(), code.title(), deny.detail(), shortfall);
    Fields fields = fields(code.status(), requestId);
    Optional<String> challenge = challenge(deny);
    if (challenge.isPresent()) {
      fields.addOurs("WWW-Authenticate", challenge.get());
    }
    if (code != Code.NOT_FOUND) {
      ScopeFields.addTo(fields, deny);
    }
    GatewayAnswer.Refusal refusal =
        new GatewayAnswer.Refusal(GrpcStatus.of(code.status()), deny.detail());
    return new GatewayAnswer(code.status(), fields, texts.of(problem, requestId), refusal);
  }

  /**
   * Returns the answer to a request that something else became of.
   *
   * @param decision the decision, if it came so far
   */
  GatewayAnswer of(Fault fault, String detail, String requestId, Optional<Decision> decision) {
    Problem problem =
        new Problem(fault.status(), fault.word(), fault.title(), detail, Optional.empty());
    Fields fields = fields(fault.status(), requestId);
    decision.ifPresent(decided -> ScopeFields.addTo(fields, decided));
    GatewayAnswer.Refusal refusal = new GatewayAnswer.Refusal(fault.grpcStatus(), detail);
    return new GatewayAnswer(fault.status(), fields, texts.of(problem, requestId), refusal);
  }

  private static Fields fields(int status, String requestId) {
    Fields fields = new Fields(ROOM);
    if (status == UNAVAILABLE) {
      fields.addKept("Retry-After", RETRY_SECONDS);
    }
    fields.addKept("Content-Type", "application/problem+json");
    // A refusal is for this caller and this moment, and 404 could be kept otherwise.
    fields.addKept("Cache-Control", "no-store");
    fields.addOurs("X-Request-Id", requestId);
    return fields;
  }

  private static Optional<Expression> required(Decision.Deny deny) {
    return deny.row() != null && deny.row().rule() instanceof Rule.Permitted permitted
        ? Optional.of(permitted.requirement().expression())
        : Optional.empty();
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
