package io.scopegate.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GrammarTest {
  private static final int LENGTH = 21;

  private static boolean isText(int b) {
    return b == '\t' || (b >= ' ' && b < 0x7f);
  }

  @Test
  void every_byte_is_judged_alike_wherever_it_stands() {
    for (int b = 0; b < 256; b++) {
      for (int at = 0; at < LENGTH; at++) {
        byte[] text = new byte[LENGTH];
        Arrays.fill(text, (byte) 'a');
        text[at] = (byte) b;
        String what = "byte " + b + " at " + at;
        assertThat(Grammar.isText(text, 0, LENGTH)).as(what).isEqualTo(isText(b));
        assertThat(Grammar.isObsText(text, 0, LENGTH)).as(what).isEqualTo(isText(b) || b > 127);
      }
    }
  }

  @Property
  void many_bytes_are_judged_as_one_by_one(
      @ForAll byte[] bytes, @ForAll @IntRange(max = 9) int skipped) {
    int from = Math.min(skipped, bytes.length);
    boolean text = true;
    boolean obsText = true;
    for (int i = from; i < bytes.length; i++) {
      text &= isText(bytes[i] & 0xff);
      obsText &= isText(bytes[i] & 0xff) || bytes[i] < 0;
    }
    assertThat(Grammar.isText(bytes, from, bytes.length)).isEqualTo(text);
    assertThat(Grammar.isObsText(bytes, from, bytes.length)).isEqualTo(obsText);
  }

  @Test
  void a_token_ends_at_the_first_byte_that_is_none_of_it() {
    byte[] line = "X-One: 1".getBytes(StandardCharsets.US_ASCII);
    assertThat(Grammar.tokenEnd(line, 0, line.length)).isEqualTo(5);
    assertThat(Grammar.tokenEnd(line, 0, 3)).isEqualTo(3);
    assertThat(Grammar.tokenEnd(line, 5, line.length)).isEqualTo(5);
  }

  @Property
  void a_character_is_found_where_it_stands_first(
      @ForAll byte[] bytes, @ForAll @IntRange(max = 9) int skipped) {
    int from = Math.min(skipped, bytes.length);
    int found = -1;
    for (int i = bytes.length - 1; i >= from; i--) {
      found = bytes[i] == '\n' ? i : found;
    }
    assertThat(Octets.indexOf(bytes, from, bytes.length, '\n')).isEqualTo(found);
  }

  @Test
  void a_character_is_found_among_its_neighbours() {
    for (int at = 0; at < LENGTH; at++) {
      byte[] bytes = new byte[LENGTH];
      for (int i = 0; i < LENGTH; i++) {
        bytes[i] = (byte) ('\n' + (i % 2 == 0 ? 1 : -1) * (i % 3 == 0 ? 128 : 1));
      }
      bytes[at] = '\n';
      assertThat(Octets.indexOf(bytes, 0, LENGTH, '\n')).isEqualTo(at);
      assertThat(Octets.indexOf(bytes, at + 1, LENGTH, '\n')).isEqualTo(-1);
    }
  }
}
