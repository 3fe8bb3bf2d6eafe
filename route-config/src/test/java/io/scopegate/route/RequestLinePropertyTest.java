package io.scopegate.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RequestLinePropertyTest {

  @Provide
  Arbitrary<String> targets() {
    return Arbitraries.of(
            "/", "/", "a", ".", "..", "%2e", "%2F", "%5c", "%25", "41", "%C3%A9", "%c3", ";", "%3b",
            "+", "%00", "%", "?", "#", "é", " ", "\\", ":", "%41")
        .list()
        .ofMaxSize(8)
        .map(pieces -> "/" + String.join("", pieces));
  }

  @Property(tries = 5_000)
  void what_is_accepted_reads_the_same_to_whoever_splits_and_decodes_it(
      @ForAll("targets") String target) {
    if (RequestLine.parse("GET", target, "gw.test") instanceof RequestLine line) {
      assertThat(line.target()).isEqualTo(target);
      List<String> decoded =
          Stream.of(line.path().substring(1).split("/", -1))
              .map(sent -> URLDecoder.decode(sent.replace("+", "%2B"), StandardCharsets.UTF_8))
              .toList();
      Segments segments = line.wholeSegments();
      assertThat(IntStream.range(0, segments.count()).mapToObj(segments::value))
          .containsExactlyElementsOf(decoded);
      assertThat(IntStream.range(0, segments.count()).map(segments::hash))
          .containsExactlyElementsOf(decoded.stream().map(String::hashCode).toList());
      assertThat(line.hasPathParameters()).isEqualTo(String.join("", decoded).contains(";"));
      for (String part : String.join("/", decoded).split("[/\\\\]", -1)) {
        assertThat(part.split(";", -1)[0]).isNotIn(".", "..");
        assertThat(part).doesNotContainPattern("[\\x00-\\x1f\\x7f]|%[0-9a-fA-F]{2}|^;");
      }
    }
  }
}
