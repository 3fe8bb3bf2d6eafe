package io.scopegate.endpoint;

import io.scopegate.file.Problem;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.StoreFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The answers of the gateway's own endpoints. Immutable. */
public final class Answers {
  private static final String PROBLEM = "application/problem+json";
  private static final String JSON = "application/json";

  private Answers() {}

  /** Returns a value as JSON. */
  public static Answer json(int status, Object value) {
    return withoutStore(Answer.of(status, JSON, Json.text(value)));
  }

  /** Returns a problem (RFC 9457). */
  public static Answer problem(int status, String code, String title, String detail) {
    return withoutStore(
        Answer.of(status, PROBLEM, Json.text(problemFields(status, code, title, detail))));
  }

  /** Returns what is wrong with a body, every complaint with its place. */
  public static Answer badBody(List<JsonBody.Complaint> complaints) {
    return badBody(complaints, Map.of());
  }

  /** Returns what is wrong with a body, with further fields. */
  public static Answer badBody(List<JsonBody.Complaint> complaints, Map<String, Object> more) {
    Map<String, Object> fields =
        problemFields(
            400,
            "bad_request",
            "the body is not what this endpoint takes",
            complaints.size() == 1
                ? (complaints.get(0).pointer() + " " + complaints.get(0).detail()).trim()
                : complaints.size() + " things are wrong with the body");
    fields.put("errors", complaints.stream().map(JsonBody.Complaint::fields).toList());
    fields.putAll(more);
    return withoutStore(Answer.of(400, PROBLEM, Json.text(fields)));
  }

  /** Returns the problem with further fields. */
  public static Answer problem(
      int status, String code, String title, String detail, Map<String, Object> more) {
    Map<String, Object> fields = problemFields(status, code, title, detail);
    fields.putAll(more);
    return withoutStore(Answer.of(status, PROBLEM, Json.text(fields)));
  }

  /**
   * Returns that a credential is missing or not valid (RFC 6750 §3: an error is named only where
   * one was presented).
   */
  public static Answer unauthorized(boolean presented, String detail, Map<String, Object> more) {
    Answer answer =
        problem(
            401,
            presented ? "credential_invalid" : "credential_missing",
            "a credential is needed",
            detail,
            more);
    Map<String, List<String>> fields = new LinkedHashMap<>(answer.fields());
    String error = presented ? ", error=\"invalid_token\"" : "";
    fields.put("WWW-Authenticate", List.of("Bearer realm=\"scopegate\"" + error));
    return new Answer(answer.status(), fields, answer.body());
  }

  /** Returns that a change contradicts what is kept. */
  public static Answer conflict(IdentityStore.StoreConflict conflict) {
    return problem(
        409, "conflict", "this contradicts what is kept", String.valueOf(conflict.getMessage()));
  }

  /** Returns that the store cannot be read or written now, and when to ask again. */
  public static Answer unavailable(StoreFailure failure) {
    return unavailable(String.valueOf(failure.getMessage()), Map.of());
  }

  /** Returns that the store cannot be read or written now, with further fields. */
  public static Answer unavailable(String detail, Map<String, Object> more) {
    Answer answer =
        problem(503, "identity_unavailable", "identities cannot be read now", detail, more);
    Map<String, List<String>> fields = new LinkedHashMap<>(answer.fields());
    fields.put("Retry-After", List.of("1"));
    return new Answer(answer.status(), fields, answer.body());
  }

  /** Returns what is wrong with a file: 422, nothing has changed. */
  public static Answer problems(List<Problem> problems) {
    return problem(
        422,
        "invalid_file",
        "the file has problems; nothing has changed",
        problems.size() == 1 ? problems.get(0).toString() : problems.size() + " problems",
        Map.of("problems", problems.stream().map(ProblemList::fields).toList()));
  }

  /** Returns that the request is not as it must be. */
  public static Answer badRequest(String detail) {
    return problem(400, "bad_request", "the request is malformed or ambiguous", detail);
  }

  /** Returns that there is no such thing. */
  public static Answer notFound(String detail) {
    return problem(404, "not_found", "there is nothing here", detail);
  }

  /** Returns the answer with the id of its request, which every problem names. */
  public static Answer named(Answer answer, String requestId) {
    boolean problem = answer.fields().getOrDefault("Content-Type", List.of()).contains(PROBLEM);
    if (!problem || requestId.isEmpty() || !(Json.read(answer.body()) instanceof ObjectNode body)) {
      return answer;
    }
    return new Answer(
        answer.status(), answer.fields(), Json.text(body.put("requestId", requestId)));
  }

  private static Map<String, Object> problemFields(
      int status, String code, String title, String detail) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", "urn:scopegate:problem:" + code);
    fields.put("title", title);
    fields.put("status", status);
    fields.put("detail", detail);
    fields.put("code", code);
    return fields;
  }

  /** Nothing on the way may keep an answer: some carry the value of a token. */
  private static Answer withoutStore(Answer answer) {
    Map<String, List<String>> fields = new LinkedHashMap<>(answer.fields());
    fields.put("Cache-Control", List.of("no-store"));
    return new Answer(answer.status(), fields, answer.body());
  }
}
