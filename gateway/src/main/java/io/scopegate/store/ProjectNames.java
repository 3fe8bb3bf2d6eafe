package io.scopegate.store;

/** How far the ids and aliases of projects are unique. Immutable. */
public enum ProjectNames {
  /** In their organization. */
  OF_ORGANIZATION,
  /** In the whole store, so that a project tells its organization. */
  OF_STORE
}
