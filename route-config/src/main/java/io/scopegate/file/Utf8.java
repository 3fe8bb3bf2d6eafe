package io.scopegate.file;

import io.scopegate.route.Position;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Turns the bytes of a file into text that YAML allows. Safe from any thread. */
final class Utf8 {
  private Utf8() {}

  /** Returns the text, or nothing and a problem at the first byte that is not UTF-8. */
  static Optional<String> decoded(String file, byte[] bytes, Problems problems) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
    text.flip();
    if (result.isError()) {
      problems.error(end(file, text.toString()), "the file is not UTF-8");
      return Optional.empty();
    }
    String decoded = text.toString();
    return Optional.of(decoded.startsWith("\uFEFF") ? decoded.substring(1) : decoded);
  }

  /** Notes the first character that a YAML file cannot hold (YAML 1.2 §5.1). */
  static boolean isPrintable(String file, String text, Problems problems) {
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (!isPrintable(point)) {
        problems.error(
            end(file, text.substring(0, i)),
            String.format("the character U+%04X cannot stand in a file", point));
        return false;
      }
      i += Character.charCount(point);
    }
    return true;
  }

  private static boolean isPrintable(int point) {
    return (point >= 0x20 && point <= 0x7E)
        || point == '\n'
        || point == '\r'
        || point == '\t'
        || point == 0x85
        || (point >= 0xA0 && point <= 0xD7FF)
        || (point >= 0xE000 && point <= 0xFFFD)
        || point >= 0x10000;
  }

  private static Position end(String file, String before) {
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    String last = before.substring(before.lastIndexOf('\n') + 1);
    return new Position(file, line, 1 + last.codePointCount(0, last.length()));
  }
}
