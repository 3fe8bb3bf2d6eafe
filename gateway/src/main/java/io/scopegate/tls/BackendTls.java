package io.scopegate.tls;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How TLS is spoken to a backend, whose certificate is always verified. Immutable.
 *
 * @param authorities who must have issued its certificate; the platform's authorities if empty
 * @param certificate what is shown to it, if anything
 * @param serverName the name that it is asked for and that its certificate must have; the host of
 *     the URL if empty
 */
public record BackendTls(
    Optional<Path> authorities, Optional<KeyFiles> certificate, Optional<String> serverName) {
  /** The settings of a backend that says nothing about them. */
  public static final BackendTls DEFAULT =
      new BackendTls(Optional.empty(), Optional.empty(), Optional.empty());
}
