package io.scopegate.config;

import io.scopegate.file.PolicyReader;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The routes file that a configuration names. Immutable.
 *
 * @param backends the names of the backends that the configuration has, those with problems
 *     included; absent if what it says of them cannot be read
 */
public record RouteFile(Path path, Optional<Set<String>> backends) {
  /** Copies what it is given. */
  public RouteFile {
    backends = backends.map(Set::copyOf);
  }

  /** Reads the file. */
  public PolicyReader.Outcome read() {
    return PolicyReader.read(path, backends);
  }
}
