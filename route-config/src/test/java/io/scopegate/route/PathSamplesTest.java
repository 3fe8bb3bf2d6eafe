package io.scopegate.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathSamplesTest {
  private static List<String> samples(String... templates) {
    return PathSamples.of(Arrays.stream(templates).map(PathTemplate::parse).toList());
  }

  @Test
  void a_template_alone_has_a_path() {
    assertThat(samples("/")).containsExactly("/");
    assertThat(samples("/a/{b}")).containsExactly("/a/v");
    assertThat(samples("/a/{b}:go")).containsExactly("/a/v:go");
    assertThat(samples("/a/{b}/")).containsExactly("/a/v/");
  }

  @Test
  void where_templates_meet_there_is_a_path_of_each_and_one_of_both() {
    assertThat(samples("/a/{x}", "/{y}/b")).contains("/a/b", "/a/v", "/v/b");
  }

  @Test
  void a_rest_goes_on_where_others_end() {
    assertThat(samples("/a/{x}", "/a/{rest*}")).contains("/a/v", "/a/v/v");
  }

  @Test
  void no_filling_is_a_literal_of_another_template() {
    assertThat(samples("/v", "/{x}")).contains("/v").hasSize(2);
  }

  @Test
  void mixed_segments_that_overlap_have_a_path_of_both() {
    assertThat(samples("/{x}.json", "/report-{y}")).contains("/report-v.json");
  }

  @Test
  void what_a_path_cannot_hold_is_encoded() {
    assertThat(samples("/a%20b")).allMatch(path -> path.startsWith("/a%20b"));
  }
}
