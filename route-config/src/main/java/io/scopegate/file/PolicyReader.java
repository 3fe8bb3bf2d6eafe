package io.scopegate.file;

import io.scopegate.permission.PermissionCatalog;
import io.scopegate.policy.Policy;
import io.scopegate.policy.RoleBook;
import io.scopegate.route.RouteTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a routes file with all files that it uses, and turns them into a policy or into the list of
 * everything that is wrong. Used by the wiring only.
 */
public final class PolicyReader {
  private final Problems problems = new Problems();
  private final UsedFiles files;

  private PolicyReader(FileSource source, Optional<Set<String>> knownBackends) {
    Backends backends = new Backends(knownBackends, problems);
    this.files = new UsedFiles(source, problems, new PolicyFileReader(problems, backends));
  }

  /**
   * What came of reading.
   *
   * @param policy the first generation, if nothing is wrong
   * @param problems errors and warnings by file, line and column
   * @param files the paths of all files that were looked for, the one asked for first
   */
  public record Outcome(Optional<Policy> policy, List<Problem> problems, List<String> files) {
    /** Copies what it is given. */
    public Outcome {
      problems = List.copyOf(problems);
      files = List.copyOf(files);
    }
  }

  /**
   * Reads a file on disk.
   *
   * @param file the path as the user gave it
   * @param knownBackends the backends that there are besides {@code self}; absent if that is not
   *     known, so that they are not checked
   */
  public static Outcome read(Path file, Optional<Set<String>> knownBackends) {
    return read(file.toString(), FileSource.disk(), knownBackends);
  }

  /** Reads a file from anywhere. */
  public static Outcome read(String path, FileSource source, Optional<Set<String>> knownBackends) {
    return new PolicyReader(source, knownBackends).outcome(path);
  }

  private Outcome outcome(String path) {
    Optional<Policy> policy = files.tree(path).flatMap(this::policy);
    return new Outcome(policy, problems.sorted(), files.paths());
  }

  private Optional<Policy> policy(UsedFiles.Tree tree) {
    Catalogue catalogue = new Catalogue(problems);
    Roles roles = new Roles(problems, catalogue);
    collect(tree, catalogue, roles);
    catalogue.check();
    roles.check();
    PermissionCatalog catalog = catalogue.compiled();
    RuleCompiler rules = new RuleCompiler(catalogue, catalog, roles, problems);
    checkGroups(tree, rules);
    ScopeDefaults scopes = new ScopeDefaults(catalogue, problems);
    boolean emptyScopesFull = scopes.emptyScopesFull(tree);
    List<String> defaultScopes = scopes.defaultScopes(tree);
    List<RowEntry> rows = new Overrides(problems).rows(tree);
    RouteTable table =
        new TableCompiler(new RowCompiler(rules, problems), catalog, problems).table(rows);
    return problems.hasErrors()
        ? Optional.empty()
        : Optional.of(
            new Policy(
                1,
                catalog,
                RoleBook.of(roles.compiled(catalog), catalog),
                catalogue.defaults(),
                table,
                emptyScopesFull,
                defaultScopes));
  }

  private static void collect(UsedFiles.Tree tree, Catalogue catalogue, Roles roles) {
    tree.used().forEach(used -> collect(used, catalogue, roles));
    catalogue.add(tree.file());
    roles.add(tree.file());
  }

  private static void checkGroups(UsedFiles.Tree tree, RuleCompiler rules) {
    tree.used().forEach(used -> checkGroups(used, rules));
    rules.checkTerms(tree.file().groupTerms());
  }
}
