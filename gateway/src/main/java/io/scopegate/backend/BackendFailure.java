package io.scopegate.backend;

/**
 * What went wrong with a backend. Immutable.
 *
 * @param source which connection it was seen on
 * @param retryable whether the request may go out once more, on a fresh connection
 */
public record BackendFailure(Source source, Kind kind, boolean retryable) {

  /** Where it was seen. */
  public enum Source {
    /** No connection came about. */
    CONNECT,
    /** A connection made for this request. */
    FRESH,
    /** A connection that earlier requests had used, which the backend may have given up. */
    POOLED
  }

  /** What was seen. */
  public enum Kind {
    /** Nothing listens, or nothing can be reached. */
    UNREACHABLE,
    /** All connections are in use, and too many requests wait for one or one waited too long. */
    OVERLOADED,
    /** The answer broke off. */
    BROKEN_OFF,
    /** The answer could be read in no way, or in two. */
    MALFORMED,
    /** The backend said that it has not looked at the request. */
    REFUSED,
    /** Nothing came in time. */
    TIMEOUT
  }

  /** Returns what the failure of a lease means. */
  public static BackendFailure of(Throwable cause) {
    Kind kind = cause instanceof NotLeased notLeased ? notLeased.kind() : Kind.UNREACHABLE;
    return new BackendFailure(Source.CONNECT, kind, false);
  }
}
