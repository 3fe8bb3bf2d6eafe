package io.scopegate.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentFieldsTest {
  private final RecentFields fields = RecentFields.ofLoop();

  private RecentFields.Known name(String text) {
    return fields.of(text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length());
  }

  private String value(String name, String text) {
    byte[] line = (name + ":" + text).getBytes(StandardCharsets.ISO_8859_1);
    return fields.of(line, 0, name.length()).value(line, name.length() + 1, line.length);
  }

  @Test
  void a_name_that_comes_again_is_the_same_text() {
    assertThat(name("X-Request-Id").name()).isEqualTo("X-Request-Id");
    assertThat(name("X-Request-Id")).isSameAs(name("X-Request-Id"));
  }

  @Test
  void a_name_keeps_its_spelling() {
    for (int i = 0; i < 2; i++) {
      assertThat(name("Accept").name()).isEqualTo("Accept");
      assertThat(name("accept").name()).isEqualTo("accept");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host", "user-agent", "CONTENT-TYPE"})
  void a_value_that_says_the_same_again_is_the_same_text(String name) {
    assertThat(value(name, "one")).isEqualTo("one").isSameAs(value(name, "one"));
    assertThat(value(name, "two")).isEqualTo("two");
    assertThat(value(name, "one")).isEqualTo("one");
    assertThat(value(name, "")).isEmpty();
    assertThat(value(name, "\u00e9")).isEqualTo("\u00e9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "Cookie", "Set-Cookie", "X-Api-Key"})
  void what_may_be_a_secret_is_not_kept(String name) {
    assertThat(value(name, "one")).isEqualTo("one").isNotSameAs(value(name, "one"));
  }

  @Test
  void neither_is_what_is_long() {
    String name = "x".repeat(41);
    assertThat(name(name).name()).isEqualTo(name);
    assertThat(name(name)).isNotSameAs(name(name));
    String value = "y".repeat(201);
    assertThat(value("Host", value)).isEqualTo(value).isNotSameAs(value("Host", value));
  }
}
