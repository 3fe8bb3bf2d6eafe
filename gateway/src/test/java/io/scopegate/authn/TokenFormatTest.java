package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFormatTest {
  private final TokenFormat format = new TokenFormat(new Random(7));

  /** Gives one byte again and again. */
  private static RandomGenerator constant(int octet) {
    long word = octet * 0x0101010101010101L;
    return () -> word;
  }

  /** As those ask who are shown one. */
  private static boolean isWellFormed(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return TokenFormat.isClaimedBy(value) && TokenFormat.isWellFormed(bytes, bytes.length);
  }

  @Test
  void a_token_is_prefix_random_part_and_checksum() {
    assertThat(format.generate()).matches("sgat_[0-9A-Za-z]{49}");
    assertThat(new TokenFormat(constant(0)).generate())
        // CRC-32 of 43 zeros in base62, worked out apart from this program
        .isEqualTo("sgat_" + "0".repeat(43) + CRC_OF_ZEROS);
    assertThat(new TokenFormat(constant(0xff)).generate()).startsWith("sgat_" + HIGHEST);
  }

  private static final String CRC_OF_ZEROS = "2CZclj";
  private static final String HIGHEST = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";

  @Test
  void generated_tokens_are_well_formed_and_differ() {
    Set<String> values = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      String value = format.generate();
      assertThat(isWellFormed(value)).isTrue();
      values.add(value);
    }
    assertThat(values).hasSize(1_000);
  }

  @Test
  void a_change_of_any_character_breaks_it() {
    String value = format.generate();
    for (int i = 0; i < value.length(); i++) {
      char other = value.charAt(i) == 'x' ? 'y' : 'x';
      String changed = value.substring(0, i) + other + value.substring(i + 1);
      assertThat(isWellFormed(changed)).as(changed).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "sgat_", "sgat_0", "SGAT_0000000000000000000000000000000000000000000"})
  void anything_shorter_is_not_well_formed(String value) {
    assertThat(isWellFormed(value)).isFalse();
  }

  @Test
  void anything_around_it_breaks_it() {
    String value = format.generate();
    assertThat(isWellFormed(value + "0")).isFalse();
    assertThat(isWellFormed("0" + value)).isFalse();
    assertThat(isWellFormed(value.replace(value.charAt(20), '\u0130'))).isFalse();
  }

  @Test
  void the_start_recognises_it_and_does_not_give_it_away() {
    String value = format.generate();
    assertThat(TokenFormat.start(value)).hasSize(11).isEqualTo(value.substring(0, 11));
  }
}
