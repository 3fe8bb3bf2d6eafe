package io.scopegate.file;

import io.scopegate.route.Position;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an OpenAPI specification (version 3) says that a route table can use. Immutable.
 *
 * @param basePath the path of its first server, without a slash at the end; empty if there is none
 * @param scopes the scopes of its security schemes with their descriptions
 * @param operations in the order of the file
 */
public record OpenApiFile(
    String title, String basePath, Map<String, String> scopes, List<Operation> operations) {

  /** Copies what it is given. */
  public OpenApiFile {
    operations = List.copyOf(operations);
  }

  /**
   * One operation.
   *
   * @param method in capitals
   * @param path as in the specification, without the base path
   * @param security what a caller must show: any one of these; empty if the specification does not
   *     say
   */
  public record Operation(
      String method,
      String path,
      Position at,
      String summary,
      List<String> tags,
      Optional<List<Security>> security) {
    /** Copies what it is given. */
    public Operation {
      tags = List.copyOf(tags);
      security = security.map(List::copyOf);
    }

    /** Returns it as {@code METHOD path}. */
    public String name() {
      return method + " " + path;
    }
  }

  /**
   * One way to satisfy an operation.
   *
   * @param schemes the security schemes that it names; none is no credential at all
   * @param scopes all the scopes that it asks for
   */
  public record Security(List<String> schemes, List<String> scopes) {
    /** Copies what it is given. */
    public Security {
      schemes = List.copyOf(schemes);
      scopes = List.copyOf(scopes);
    }
  }

  /**
   * What came of reading.
   *
   * @param file absent if something is wrong
   * @param problems errors and warnings by line and column
   */
  public record Outcome(Optional<OpenApiFile> file, List<Problem> problems) {
    /** Copies what it is given. */
    public Outcome {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads a specification in YAML or JSON, which is YAML. It is read like every file here: an
   * anchor or a duplicate key is an error, not a guess.
   */
  public static Outcome read(String path, FileSource source) {
    Problems problems = new Problems();
    Optional<OpenApiFile> file = Optional.empty();
    try {
      file =
          YamlReader.read(path, source.bytes(path), problems)
              .map(root -> new OpenApiReader(problems).read(root));
    } catch (IOException | InvalidPathException unreadable) {
      problems.error(new Position(path, 1, 1), "file " + Wording.quoted(path) + " cannot be read");
    }
    return new Outcome(problems.hasErrors() ? Optional.empty() : file, problems.sorted());
  }
}
