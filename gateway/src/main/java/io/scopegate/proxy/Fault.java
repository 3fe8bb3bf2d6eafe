package io.scopegate.proxy;

import java.util.Locale;

/** What the gateway answers on its own account, besides the refusals of a decision. Immutable. */
enum Fault {
  BAD_REQUEST(400, "the request is malformed or ambiguous"),
  REQUEST_TIMEOUT(408, "the request came too slowly"),
  BODY_TOO_LARGE(413, "the request body is too large"),
  TARGET_TOO_LONG(414, "the request target is too long"),
  HEAD_TOO_LARGE(431, "the header fields are too many or too large"),
  INTERNAL(500, "the gateway has a defect"),
  BACKEND_UNREACHABLE(502, "the backend cannot be reached"),
  BACKEND_FAILED(502, "the backend broke off or answered what cannot be read"),
  OVERLOADED(503, "the gateway or the backend is overloaded"),
  BACKEND_TIMEOUT(504, "the backend did not answer in time"),
  /** Told to clients of gRPC alone; others state no deadline. */
  DEADLINE_EXCEEDED(504, "the deadline of the request has passed");

  private final int status;
  private final String title;

  Fault(int status, String title) {
    this.status = status;
    this.title = title;
  }

  int status() {
    return status;
  }

  GrpcStatus grpcStatus() {
    return this == DEADLINE_EXCEEDED ? GrpcStatus.DEADLINE_EXCEEDED : GrpcStatus.of(status);
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String title() {
    return title;
  }
}
