package io.scopegate.backend;

/** Why no connection was leased. Immutable. */
final class NotLeased extends Exception {
  private static final long serialVersionUID = 1;

  private final BackendFailure.Kind kind;

  private NotLeased(BackendFailure.Kind kind, String message) {
    // Made for each request that an overload turns away: a stack trace would cost the most of it.
    super(message, null, false, false);
    this.kind = kind;
  }

  static NotLeased unreachable(String message) {
    return new NotLeased(BackendFailure.Kind.UNREACHABLE, message);
  }

  static NotLeased overloaded(String message) {
    return new NotLeased(BackendFailure.Kind.OVERLOADED, message);
  }

  BackendFailure.Kind kind() {
    return kind;
  }
}
