package io.scopegate.file;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads lists of origins. Used by the wiring only. */
public final class OriginReader {
  /** As browsers serialize one (RFC 6454 §6.2), so that it is compared to the letter. */
  private static final Pattern FORM =
      Pattern.compile("(https?)://(?:\\[[0-9a-f:.]+]|[0-9a-z._-]+)(?::([1-9][0-9]{0,4}))?");

  private static final int MAX_PORT = 65_535;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final NodeReader reader;

  /** Notes through this reader what is no origin. */
  public OriginReader(NodeReader reader) {
    this.reader = reader;
  }

  /** Returns the origins among these texts. */
  public Set<String> read(List<YamlNode.Scalar> texts) {
    Set<String> origins = new LinkedHashSet<>();
    for (YamlNode.Scalar text : texts) {
      if (isOrigin(text)) {
        origins.add(text.text());
      }
    }
    return origins;
  }

  private boolean isOrigin(YamlNode.Scalar text) {
    Matcher matcher = FORM.matcher(text.text());
    String digits = matcher.matches() && matcher.group(2) != null ? matcher.group(2) : "";
    int port = digits.isEmpty() ? 0 : Integer.parseInt(digits);
    if (!matcher.matches() || port > MAX_PORT) {
      reader
          .problems()
          .error(
              text.at(),
              Wording.quoted(text.text()) + " is not an origin",
              "it is `https://host` or `https://host:port`, in lower case and without a path");
      return false;
    }
    if (port == (matcher.group(1).equals("http") ? HTTP_PORT : HTTPS_PORT)) {
      reader
          .problems()
          .error(
              text.at(),
              "no browser writes the port of " + Wording.quoted(text.text()),
              "leave `:" + port + "` out");
      return false;
    }
    return true;
  }
}
