package io.scopegate.admin;

import io.scopegate.endpoint.Answers;
import io.scopegate.endpoint.Words;
import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.route.QueryValue;
import java.util.stream.Stream;

/**
 * The rows of what a subject is a part of. Its name is the last segment of the path; a name that no
 * path carries with one reading (with a slash, a dot segment, an escape) comes in the query
 * instead, by {@code subject=}. Immutable.
 */
final class SubjectRows {
  private static final String KEY = "subject";

  private SubjectRows() {}

  /** Returns both rows of an endpoint. */
  static Stream<EndpointTable.Row> of(String method, String path, Endpoint endpoint) {
    return Stream.of(
        EndpointTable.Row.writing(
            method, path + "/{" + KEY + "}", call -> namedInPath(call, endpoint)),
        EndpointTable.Row.writing(method, path, namedInQuery(endpoint)));
  }

  /** Two names would leave it to the reader which one counts. */
  private static Answer namedInPath(Endpoint.Call call, Endpoint endpoint) {
    return call.query(KEY) instanceof QueryValue.Absent
        ? endpoint.answer(call)
        : Answers.badRequest("the subject is named in the path and in the query");
  }

  /** Returns the endpoint with the subject that the query names, and must name. */
  static Endpoint namedInQuery(Endpoint endpoint) {
    return call -> {
      QueryValue named = call.query(KEY);
      if (named instanceof QueryValue.Single single) {
        return Words.isSubject(single.value())
            ? endpoint.answer(call.with(KEY, single.value()))
            : Answers.badRequest("`" + single.value() + "` cannot be the name of a subject");
      }
      return Answers.badRequest(
          named instanceof QueryValue.Ambiguous ambiguous
              ? ambiguous.detail()
              : "the query must name the subject, by `" + KEY + "=`");
    };
  }
}
