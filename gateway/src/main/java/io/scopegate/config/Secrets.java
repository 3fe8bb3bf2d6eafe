package io.scopegate.config;

import io.scopegate.file.Fields;
import io.scopegate.file.NodeReader;
import io.scopegate.file.YamlNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads values that may be secret: {@code ${ENV_NAME}} and {@code {file: path}}. What they stand
 * for is in no message.
 */
final class Secrets {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

  private final NodeReader reader;
  private final FilePaths paths;
  private final Map<String, String> environment;

  Secrets(NodeReader reader, FilePaths paths, Map<String, String> environment) {
    this.reader = reader;
    this.paths = paths;
    this.environment = environment;
  }

  /** Returns a value that may be written out, stand for a variable, or in a file. */
  Optional<String> value(YamlNode node) {
    if (node instanceof YamlNode.Mapping) {
      return file(node);
    }
    return reader.text(node).flatMap(this::expanded);
  }

  /** Returns a value that must not be written out. */
  Optional<String> secret(YamlNode node) {
    if (node instanceof YamlNode.Scalar scalar && !VARIABLE.matcher(scalar.text()).find()) {
      reader
          .problems()
          .error(
              node.at(),
              "a secret cannot be written out here",
              "use `${ENV_NAME}` or `{ file: path }`");
      return Optional.empty();
    }
    return value(node);
  }

  private Optional<String> file(YamlNode node) {
    Fields fields = reader.fields(node);
    Optional<YamlNode.Scalar> path = fields.requiredText("file");
    fields.finish();
    return path.flatMap(scalar -> paths.path(scalar).flatMap(named -> content(scalar, named)));
  }

  private Optional<String> content(YamlNode.Scalar scalar, Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      reader.problems().error(scalar.at(), "the file `" + scalar.text() + "` cannot be read");
      return Optional.empty();
    }
  }

  private Optional<String> expanded(YamlNode.Scalar scalar) {
    Matcher matcher = VARIABLE.matcher(scalar.text());
    StringBuilder value = new StringBuilder();
    boolean complete = true;
    while (matcher.find()) {
      String name = matcher.group(1);
      String content = environment.get(name);
      if (content == null || content.isEmpty()) {
        reader
            .problems()
            .error(
                scalar.at(),
                "the environment variable `"
                    + name
                    + "` is "
                    + (content == null ? "not set" : "empty"));
        complete = false;
      }
      matcher.appendReplacement(value, Matcher.quoteReplacement(content == null ? "" : content));
    }
    matcher.appendTail(value);
    return complete ? Optional.of(value.toString()) : Optional.empty();
  }
}
