package io.scopegate.self;

import io.scopegate.endpoint.Answers;
import io.scopegate.endpoint.JsonBody.Complaint;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.policy.Code;
import java.util.List;
import java.util.Map;

/**
 * The refusals of one request, which name it as all answers of the edge do. Immutable.
 *
 * @param requestId names the request
 */
record Refusals(String requestId) {

  private Map<String, Object> more() {
    return Map.of("requestId", requestId);
  }

  Answer unauthorized(boolean presented, String detail) {
    return Answers.unauthorized(presented, detail, more());
  }

  Answer notFound(String detail) {
    return Answers.problem(404, "not_found", "there is nothing here", detail, more());
  }

  Answer badBody(List<Complaint> complaints) {
    return Answers.badBody(complaints, more());
  }

  /** A token wants to make, to rotate or to end one that can do more. */
  Answer exceedsToken(List<Complaint> excess) {
    String detail =
        excess.size() == 1
            ? excess.get(0).pointer() + " " + excess.get(0).detail()
            : excess.size() + " things are beyond this token";
    return Answers.problem(
        403,
        "exceeds_token",
        "a token can only make, rotate and revoke what can do no more than itself",
        detail,
        Map.of("requestId", requestId, "errors", excess.stream().map(Complaint::fields).toList()));
  }

  /**
   * What proves who the caller is cannot be handed on: no token comes of it, and none ends by it.
   */
  Answer credentialKind() {
    return Answers.problem(
        Code.CREDENTIAL_KIND.status(),
        Code.CREDENTIAL_KIND.word(),
        Code.CREDENTIAL_KIND.title(),
        "tokens are changed by a session or by a token, not by a client certificate",
        more());
  }

  Answer conflict(String detail) {
    return Answers.problem(409, "conflict", "this contradicts what is kept", detail, more());
  }

  Answer overloaded() {
    return Answers.problem(
        503, "overloaded", "the gateway has too much to do", "too many requests wait", more());
  }

  Answer unavailable() {
    return Answers.unavailable("the store does not answer", more());
  }
}
