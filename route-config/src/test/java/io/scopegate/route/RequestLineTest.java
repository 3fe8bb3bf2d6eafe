package io.scopegate.route;

import static io.scopegate.route.Rows.line;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RequestLineTest {

  static Stream<String> cases() {
    try (InputStream file = RequestLineTest.class.getResourceAsStream("/route/request-lines.txt")) {
      String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.isEmpty() && !line.startsWith("#"));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_request_line_has_one_reading_or_is_refused(String line) {
    String[] parts = line.translateEscapes().split("\\|", -1);
    Reading reading = RequestLine.parse(parts[0], parts[1], parts[2]);
    if (parts[3].equals("ok")) {
      assertThat(reading).isInstanceOf(RequestLine.class);
    } else {
      assertThat(reading).isInstanceOf(Reading.Refused.class);
      assertThat(((Reading.Refused) reading).detail()).contains(parts[3]);
    }
  }

  @Test
  void what_is_forwarded_is_what_was_sent() {
    RequestLine line = line("GET /api/%61dmin/a%2Bb?x=%41&y", "GW.Test:8080");
    assertThat(line.target()).isEqualTo("/api/%61dmin/a%2Bb?x=%41&y");
    assertThat(line.path()).isEqualTo("/api/%61dmin/a%2Bb");
    assertThat(line.query()).contains("x=%41&y");
    assertThat(line.method()).isEqualTo("GET");
    assertThat(line.host()).isEqualTo("gw.test");
  }

  @Test
  void an_absolute_form_is_forwarded_in_origin_form() {
    assertThat(line("GET http://gw.test/a?b").target()).isEqualTo("/a?b");
    assertThat(line("GET HTTP://GW.test?b").target()).isEqualTo("/?b");
    assertThat(line("GET http://gw.test").target()).isEqualTo("/");
  }

  @Test
  void a_path_without_a_question_mark_has_no_query() {
    assertThat(line("GET /a").query()).isEmpty();
    assertThat(line("GET /a?").query()).contains("");
  }

  @Test
  void an_encoded_slash_or_backslash_is_told() {
    assertThat(line("GET /a%2fb").hasEncodedSlash()).isTrue();
    assertThat(line("GET /a%5Cb").hasEncodedSlash()).isTrue();
    assertThat(line("GET /a/b?c=%2f").hasEncodedSlash()).isFalse();
  }

  @Test
  void a_semicolon_is_told_encoded_or_not() {
    assertThat(line("GET /a;b").hasPathParameters()).isTrue();
    assertThat(line("GET /a%3Bb").hasPathParameters()).isTrue();
    assertThat(line("GET /a?b;c").hasPathParameters()).isFalse();
  }

  @Test
  void many_segments_are_read_like_few() {
    RequestLine line = line("GET " + "/a".repeat(100) + "/");
    assertThat(line.bareSegments().count()).isEqualTo(101);
    assertThat(line.bareSegments().from(98)).isEqualTo("a/a/");
  }

  @Test
  void a_query_value_is_decoded_once() {
    RequestLine line = line("GET /a?x=a%20b+c%252f&y=%C3%A9&z&w=");
    assertThat(line.queryValue("x")).isEqualTo(new QueryValue.Single("a b c%2f"));
    assertThat(line.queryValue("y")).isEqualTo(new QueryValue.Single("é"));
    assertThat(line.queryValue("z")).isEqualTo(new QueryValue.Single(""));
    assertThat(line.queryValue("w")).isEqualTo(new QueryValue.Single(""));
    assertThat(line.queryValue("v")).isEqualTo(new QueryValue.Absent());
    assertThat(line("GET /a").queryValue("x")).isEqualTo(new QueryValue.Absent());
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {
        "org=a&org=b",
        "org&org=a",
        "o%72g=a",
        "%6Frg",
        "x=1&o%72g=a&org=b",
        "x=1;org=a",
        "org=a;x=1",
        "org=a;b",
        "x;org",
        "org=%ff",
        "org=%c0%af",
      })
  void a_query_key_with_two_readings_is_ambiguous(String query) {
    assertThat(line("GET /a?" + query).queryValue("org")).isInstanceOf(QueryValue.Ambiguous.class);
  }

  @Test
  void a_semicolon_elsewhere_in_the_query_does_no_harm() {
    assertThat(line("GET /a?x=1;y=2&org=a&z;").queryValue("org"))
        .isEqualTo(new QueryValue.Single("a"));
  }

  @Test
  void a_key_that_only_begins_alike_is_another() {
    assertThat(line("GET /a?organization=a&or=b&ORG=c").queryValue("org"))
        .isEqualTo(new QueryValue.Absent());
  }

  @Test
  void a_key_with_a_semicolon_is_never_taken_for_absent() {
    assertThat(line("GET /a?a;b=1").queryValue("a;b")).isInstanceOf(QueryValue.Ambiguous.class);
  }
}
