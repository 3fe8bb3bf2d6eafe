package io.scopegate.route;

import static io.scopegate.route.Rows.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTemplateTest {

  @Test
  void parameters_are_named_from_left_to_right() {
    PathTemplate template = PathTemplate.parse("/{a}/x/{b}:{c}.json/{a}/{rest*}");
    assertThat(template.parameters()).containsExactly("a", "b", "c", "a", "rest");
    assertThat(template.text()).isEqualTo("/{a}/x/{b}:{c}.json/{a}/{rest*}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|does not begin with a slash",
        "a/b|does not begin with a slash",
        "/a//b|empty segment",
        "/a//|empty segment",
        "//|empty segment",
        "/a/../b|dot segment `..`",
        "/a/%2e|dot segment `%2e`",
        "/a/{b|`{` without its `}`",
        "/a/{b/c}|`{b/c}` has no name",
        "/a/b}|`}` without its other half",
        "/a/{b}}|`}` without its other half",
        "/a/{b{c}}|`}` without its other half",
        "/a/{}|`{}` has no name",
        "/a/{1}|`{1}` has no name",
        "/a/{a b}|`{a b}` has no name",
        "/a/{é}|`{é}` has no name",
        "/a/{*}|`{}` has no name",
        "/a/{+b}|`{+b}` has no name",
        "/a/{b}{c}|nothing between them in `{b}{c}`",
        "/a/{b*}/c|`{b*}` before its end",
        "/a/{b*}/|`{b*}` before its end",
        "/a/x{b*}|segment of its own, in `x{b*}`",
        "/a/{b*}.json|segment of its own, in `{b*}.json`",
        "/a/{b}:{c}:{d}|separator `:` twice in `{b}:{c}:{d}`",
        "/a/{b}-{c}--{d}|separator `-` twice",
        "/a?b=c|has a query",
        "/a#b|must be percent-encoded in `a#b`",
        "/a b|must be percent-encoded",
        "/é|must be percent-encoded",
        "/a\\b|must be percent-encoded",
        "/a%|percent sign without two hex digits",
        "/a%zz|percent sign without two hex digits",
        "/a%2fb|slash, `;` or control",
        "/a%5cb|slash, `;` or control",
        "/a%00|slash, `;` or control",
        "/a;b|slash, `;` or control",
        "/a%2541|percent-encoded twice",
        "/a%ff|no UTF-8",
      })
  void a_broken_template_is_refused_with_what_is_wrong(String text, String message) {
    assertThatThrownBy(() -> PathTemplate.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("path template `" + text + "`")
        .hasMessageContaining(message);
  }

  @Test
  void a_template_deeper_than_any_path_is_refused() {
    assertThat(PathTemplate.parse("/a".repeat(256)).segments()).hasSize(256);
    assertThatThrownBy(() -> PathTemplate.parse("/a".repeat(257)))
        .hasMessageContaining("more than 256 segments");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/{id}:cancel|/7:cancel|7",
        "/{id}:cancel|/a:b:cancel|a:b",
        "/{id}:cancel|/7:cancel:cancel|",
        "/{id}:cancel|/7:cancelled|",
        "/{id}:cancel|/:cancel|",
        "/{id}:cancel|/7|",
        "/{id}:cancel|/7%3Acancel|7",
        "/{id}.json|/a.json|a",
        "/{id}.json|/a.b.json|a.b",
        "/{id}.json|/.json|",
        "/v{id}|/v1|1",
        "/v{id}|/vv|v",
        "/v{id}|/v|",
        "/v{id}|/w1|",
        "/v{id}v|/vv|",
        "/v{id}v|/vxv|x",
        "/v{id}v|/vvv|",
        "/a{id}aa|/axaa|x",
        "/a{id}aa|/axaaa|",
        "/x{id}:{b}|/xa:b|a",
        "/{id}:{b}|/a:b|a",
        "/{id}:{b}|/a:b:c|",
        "/{id}:{b}|/:b|",
        "/{id}:{b}|/a:|",
        "/{a}:{id}|/a:b|b",
        "/{a}-{id}.json|/x-y.json|y",
        "/{a}-{id}.json|/q.json-y.json|",
        "/{a}-{id}.json|/x.json-y|",
        "/{a}...{b}.x{id}|/1...2.x3|3",
        "/%7B{id}%7D|/%7b1%7d|1",
        "/{id}%C3%A9|/x%c3%a9|x",
        "/{id}|/%C3%A9|é",
        "/{id}|/a%20b|a b",
        "/{id}|/|",
        "/{id*}|/|",
        "/{id*}|/a|a",
        "/{id*}|/a/|a/",
        "/{id*}|/a/b%20c/d|a/b c/d",
        "/a/{id}/|/a/b|",
        "/a/{id}|/a/b/|",
        "/a/{id}/|/a/b/|b",
        "/a/{id*}|/a/|",
        "/a/{id*}|/a|",
      })
  void a_segment_matches_only_where_it_has_one_reading(String template, String path, String value) {
    RouteTable table = Rows.table(Rows.row("GET " + template));
    Optional<RouteMatch> match = table.match(line("GET " + path));
    assertThat(match.map(one -> one.parameter(one.rows().get(0), "id")))
        .isEqualTo(Optional.ofNullable(value));
  }
}
