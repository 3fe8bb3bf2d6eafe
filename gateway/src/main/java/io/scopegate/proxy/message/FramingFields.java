package io.scopegate.proxy.message;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the fields of a head say of its body; what could be read in two ways is refused (RFC 9112
 * §6.3). Safe from any thread.
 */
public final class FramingFields {
  private FramingFields() {}

  /** Returns the framing that the fields state, or null if they state none. */
  public static @Nullable Framing read(Fields fields, boolean http10, Objections objections) {
    Optional<String> coding = only(fields, "Transfer-Encoding", objections);
    Optional<String> length = only(fields, "Content-Length", objections);
    if (coding.isPresent()) {
      if (length.isPresent()) {
        objections.refuse("both `Content-Length` and `Transfer-Encoding`");
      } else if (http10) {
        objections.refuse("`Transfer-Encoding` in HTTP/1.0");
      } else if (!coding.get().equalsIgnoreCase("chunked")) {
        objections.refuse("a transfer coding other than `chunked`");
      }
      return Framing.CHUNKED;
    }
    if (length.isEmpty()) {
      return null;
    }
    String digits = length.get();
    // 18 digits are less than 2^63 and more than any body.
    if (!Grammar.isDigits(digits) || digits.length() > 18) {
      objections.refuse("`Content-Length` is not a length");
      return null;
    }
    return Framing.fixed(Long.parseLong(digits));
  }

  /** Returns the value of a field that may stand once. */
  public static Optional<String> only(Fields fields, String name, Objections objections) {
    int line = fields.line(name, 0);
    if (line < 0) {
      return Optional.empty();
    }
    if (fields.line(name, line + 1) >= 0) {
      objections.refuse("`" + name + "` stands more than once");
    }
    return Optional.of(fields.value(line));
  }
}
