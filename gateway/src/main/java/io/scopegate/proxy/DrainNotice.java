package io.scopegate.proxy;

/** Tells a connection that the server goes down. Immutable. */
record DrainNotice() {}
