package io.scopegate.config;

import io.scopegate.file.NodeReader;
import io.scopegate.file.YamlNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code origins:} of gateway.yaml. */
final class OriginReader {
  /** As browsers serialize one (RFC 6454 §6.2), so that it is compared to the letter. */
  private static final Pattern FORM =
      Pattern.compile("https?://(?:\\[[0-9a-f:.]+]|[0-9a-z._-]+)(?::[0-9]{1,5})?");

  private final NodeReader reader;

  OriginReader(NodeReader reader) {
    this.reader = reader;
  }

  Set<String> read(List<YamlNode.Scalar> texts) {
    Set<String> origins = new LinkedHashSet<>();
    for (YamlNode.Scalar text : texts) {
      if (FORM.matcher(text.text()).matches()) {
        origins.add(text.text());
      } else {
        reader
            .problems()
            .error(
                text.at(),
                "`" + text.text() + "` is not an origin",
                "it is `https://host` or `https://host:port`, in lower case and without a path");
      }
    }
    return origins;
  }
}
