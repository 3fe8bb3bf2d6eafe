package io.scopegate.file;

import io.scopegate.policy.Identities;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Policy;
import io.scopegate.route.Position;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads an identities file against a policy, and turns it into identities or into the list of
 * everything that is wrong. Used by the wiring only.
 */
public final class IdentityFile {
  private final NodeReader reader;
  private final Problems problems;
  private final Policy policy;
  private final Function<String, Optional<Organization>> elsewhere;
  private final Optional<Instant> latestEnd;

  private IdentityFile(
      Policy policy,
      Function<String, Optional<Organization>> elsewhere,
      Optional<Instant> latestEnd,
      Problems problems) {
    this.policy = policy;
    this.elsewhere = elsewhere;
    this.latestEnd = latestEnd;
    this.problems = problems;
    this.reader = new NodeReader(problems);
  }

  /**
   * What came of reading.
   *
   * @param identities what the file says, if nothing is wrong
   * @param problems errors and warnings by line and column
   */
  public record Outcome(Optional<Identities> identities, List<Problem> problems) {
    /** Copies what it is given. */
    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  /** Reads a file on disk. */
  public static Outcome read(Path file, Policy policy) {
    return read(file.toString(), FileSource.disk(), policy);
  }

  /** Reads a file from anywhere. */
  public static Outcome read(String path, FileSource source, Policy policy) {
    try {
      return read(path, source.bytes(path), policy);
    } catch (IOException | InvalidPathException unreadable) {
      Problems problems = new Problems();
      problems.error(new Position(path, 1, 1), "file " + Wording.quoted(path) + " cannot be read");
      return new Outcome(Optional.empty(), problems.sorted());
    }
  }

  /**
   * Reads the bytes of a file.
   *
   * @param path what messages call it
   */
  public static Outcome read(String path, byte[] bytes, Policy policy) {
    return read(path, bytes, policy, name -> Optional.empty(), Optional.empty());
  }

  /**
   * Reads the bytes of a file whose tokens may be bound to organizations that are kept elsewhere.
   *
   * @param elsewhere finds an organization by id or alias that the file does not hold
   * @param latestEnd when each token of the file must end; without it none must
   */
  public static Outcome read(
      String path,
      byte[] bytes,
      Policy policy,
      Function<String, Optional<Organization>> elsewhere,
      Optional<Instant> latestEnd) {
    Problems problems = new Problems();
    Optional<Identities> identities =
        YamlReader.read(path, bytes, problems)
            .flatMap(
                root ->
                    new IdentityFile(policy, elsewhere, latestEnd, problems)
                        .identities(root, true));
    return new Outcome(identities, problems.sorted());
  }

  /** Reads the same content where it is a part of another file; it needs no version there. */
  public static Optional<Identities> inline(YamlNode node, Policy policy, Problems problems) {
    return new IdentityFile(policy, name -> Optional.empty(), Optional.empty(), problems)
        .identities(node, false);
  }

  private Optional<Identities> identities(YamlNode root, boolean isFile) {
    int before = problems.noted();
    Fields file = reader.fields(root);
    if (isFile || file.has("apiVersion")) {
      ApiVersion.check(file, reader);
    }
    OrganizationReader organizations = new OrganizationReader(reader, policy);
    List<Identities.Entry> entries = new ArrayList<>();
    for (YamlNode.Entry entry : file.entries("organizations")) {
      organizations.organization(entry).ifPresent(entries::add);
    }
    Set<String> disabled = new HashSet<>();
    Set<String> enabled = new HashSet<>();
    for (YamlNode.Entry entry : file.entries("subjects")) {
      Names.isSubject(entry.key(), entry.keyAt(), problems);
      Fields fields = reader.fields(entry.value());
      (fields.flag("disabled").orElse(false) ? disabled : enabled).add(entry.key());
      fields.finish();
    }
    TokenReader tokens = new TokenReader(reader, policy, entries, elsewhere, latestEnd);
    List<Identities.Token> issued = new ArrayList<>();
    for (YamlNode item : file.list("tokens")) {
      tokens.token(reader.fields(item)).ifPresent(issued::add);
    }
    file.finish();
    return !problems.hasErrors() && problems.noted() == before
        ? Optional.of(new Identities(entries, disabled, enabled, issued))
        : Optional.empty();
  }
}
