package io.scopegate.guard;

import io.scopegate.file.Problem;
import io.scopegate.policy.Policy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the route table is read from. May block. Safe from any thread. */
@FunctionalInterface
public interface PolicySource {

  /** Reads and checks it whole. */
  Loaded read();

  /**
   * What came of reading a route table.
   *
   * @param policy the new one; empty if a problem is an error
   * @param problems errors, or warnings alone
   * @param files what was read, for whoever watches it
   */
  record Loaded(Optional<Policy> policy, List<Problem> problems, Set<Path> files) {
    /** Copies what it is given. */
    public Loaded {
      problems = List.copyOf(problems);
      files = Set.copyOf(files);
    }
  }
}
