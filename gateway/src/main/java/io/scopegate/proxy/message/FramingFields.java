package io.scopegate.proxy.message;

import org.jspecify.annotations.Nullable;

/**
 * What the fields of a head say of its body; what could be read in two ways is refused (RFC 9112
 * §6.3). Safe from any thread.
 */
public final class FramingFields {
  private FramingFields() {}

  /** Returns the framing that the fields state, or null if they state none. */
  public static @Nullable Framing read(Fields fields, boolean http10, Objections objections) {
    String coding = only(fields, "Transfer-Encoding", objections);
    String length = only(fields, "Content-Length", objections);
    if (coding != null) {
      if (length != null) {
        objections.refuse("both `Content-Length` and `Transfer-Encoding`");
      } else if (http10) {
        objections.refuse("`Transfer-Encoding` in HTTP/1.0");
      } else if (!coding.equalsIgnoreCase("chunked")) {
        objections.refuse("a transfer coding other than `chunked`");
      }
      return Framing.CHUNKED;
    }
    if (length == null) {
      return null;
    }
    // 18 digits are less than 2^63 and more than any body.
    if (!Grammar.isDigits(length) || length.length() > 18) {
      objections.refuse("`Content-Length` is not a length");
      return null;
    }
    return Framing.fixed(Long.parseLong(length));
  }

  /**
   * Says whether a client waits for a 100 before it sends the body; objects to any other
   * expectation (RFC 9110 §10.1.1).
   */
  public static boolean expectsContinue(Fields fields, Framing framing, Objections objections) {
    String expectation = only(fields, "Expect", objections);
    if (expectation != null && !expectation.equalsIgnoreCase("100-continue")) {
      objections.refuse("an expectation other than `100-continue`");
    }
    return expectation != null && !framing.isEmpty();
  }

  /** Returns the value of a field that may stand once, or null if it does not stand there. */
  public static @Nullable String only(Fields fields, String name, Objections objections) {
    int line = fields.line(name, 0);
    if (line < 0) {
      return null;
    }
    if (fields.line(name, line + 1) >= 0) {
      objections.refuse("`" + name + "` stands more than once");
    }
    return fields.value(line);
  }
}
