package io.scopegate.route;

/** Where a request names a place. Immutable. */
public sealed interface Source {
  /** A parameter of the row's path template. */
  record PathParameter(String name) implements Source {}

  /** The label of the row's {@code host:}. */
  record HostLabel(String name) implements Source {}

  /** A query parameter. */
  record QueryParameter(String key) implements Source {}

  /** A header field. */
  record HeaderField(String name) implements Source {}

  /** The organization that the credential is bound to, or the subject's only one. */
  record FromToken() implements Source {}

  /** The organization of the project that the request names. */
  record FromProject() implements Source {}

  /** Always this one: a single tenant. */
  record Fixed(String id) implements Source {}
}
