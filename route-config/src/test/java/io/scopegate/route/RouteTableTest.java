package io.scopegate.route;

import static io.scopegate.route.Rows.line;
import static io.scopegate.route.Rows.row;
import static io.scopegate.route.Rows.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.route.Condition.Present;
import io.scopegate.route.Condition.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {

  private static List<String> met(RouteTable table, String request) {
    return met(table, request, "gw.test");
  }

  private static List<String> met(RouteTable table, String request, String host) {
    return table
        .match(line(request, host))
        .map(match -> match.rows().stream().map(Route::id).toList())
        .orElse(List.of());
  }

  private static RouteTable.Built built(Rows.Row... rows) {
    return RouteTable.build(Stream.of(rows).map(Rows.Row::route).toList());
  }

  @Test
  void a_request_that_no_row_matches_meets_none() {
    RouteTable table = table(row("GET /api/items"));
    assertThat(table.match(line("GET /internal/metrics"))).isEmpty();
    assertThat(table.match(line("GET /"))).isEmpty();
    assertThat(table.match(line("GET /API/items"))).isEmpty();
    assertThat(table.match(line("GET /api/items/"))).isEmpty();
    assertThat(table.match(line("GET /api"))).isEmpty();
    assertThat(table.match(line("get /api/items"))).isEmpty();
    assertThat(table().match(line("GET /"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b/c, GET /a/b/c",
    "/a/b/d, GET /a/{x}/d",
    "/a/v1/c, GET /a/v{x}/c",
    "/a/v1/d, GET /a/{x}/d",
    "/a/vx:go/c, GET /a/{x}:go/c",
    "/a/q/c, GET /a/{x}/c",
    "/a/q/z, GET /a/{rest*}",
    "/a/b/c/d, GET /a/{rest*}",
    "/a/b/c/, GET /a/{rest*}",
    "/a/b, GET /a/b",
    "/a/%62, GET /a/b",
    "/a/b/, GET /a/b/{x*}|GET /a/b/",
    "/a/q/, GET /a/{rest*}",
    "/z, GET /{rest*}",
    "/a, GET /{rest*}",
    "/a/, GET /{rest*}",
    "/, ''",
  })
  void the_most_specific_path_wins_from_the_left_with_backtracking(String path, String id) {
    RouteTable table =
        table(
            row("GET /{rest*}"),
            row("GET /a/{rest*}"),
            row("GET /a/{x}/c"),
            row("GET /a/{x}/d"),
            row("GET /a/v{x}/c"),
            row("GET /a/{x}:go/c"),
            row("GET /a/b"),
            row("GET /a/b/"),
            row("GET /a/b/c"));
    List<String> met = met(table, "GET " + path);
    assertThat(String.join("", met)).isEqualTo(id.substring(id.indexOf('|') + 1));
  }

  @Test
  void of_two_mixed_segments_the_one_with_more_literal_characters_is_more_specific() {
    RouteTable table = table(row("GET /{a}:{b}"), row("GET /{a}:go"), row("GET /{a}:gone"));
    assertThat(met(table, "GET /x:go")).containsExactly("GET /{a}:go");
    assertThat(met(table, "GET /x:gone")).containsExactly("GET /{a}:gone");
    assertThat(met(table, "GET /x:gon")).containsExactly("GET /{a}:{b}");
  }

  @Test
  void between_equally_specific_mixed_segments_those_further_right_decide() {
    RouteTable table = table(row("GET /v{a}/{b}"), row("GET /{a}y/b"));
    assertThat(met(table, "GET /vxy/b")).containsExactly("GET /{a}y/b");
    assertThat(met(table, "GET /vxy/c")).containsExactly("GET /v{a}/{b}");
    RouteTable methods = table(row("ANY /v{a}"), row("GET /{a}y"));
    assertThat(met(methods, "GET /vxy")).containsExactly("GET /{a}y");
    assertThat(met(methods, "PUT /vxy")).containsExactly("ANY /v{a}");
  }

  @Test
  void methods_filter_before_paths_compete() {
    RouteTable table = table(row("POST /a/b"), row("GET /a/{x}"));
    assertThat(met(table, "GET /a/b")).containsExactly("GET /a/{x}");
    assertThat(met(table, "POST /a/b")).containsExactly("POST /a/b");
    assertThat(met(table, "DELETE /a/b")).isEmpty();
  }

  @Test
  void get_covers_head_and_a_head_row_takes_over_only_on_its_own_template() {
    RouteTable table = table(row("GET /a"), row("HEAD /a"), row("HEAD /{x}"), row("GET /b"));
    assertThat(met(table, "HEAD /a")).containsExactly("HEAD /a");
    assertThat(met(table, "HEAD /b")).containsExactly("GET /b");
    assertThat(met(table, "HEAD /c")).containsExactly("HEAD /{x}");
    assertThat(met(table, "GET /c")).isEmpty();
  }

  @Test
  void any_is_six_methods_and_a_listed_one_beats_it_on_the_same_template() {
    RouteTable table = table(row("ANY /a"), row("GET /a"), row("OPTIONS /a"));
    assertThat(met(table, "GET /a")).containsExactly("GET /a");
    assertThat(met(table, "HEAD /a")).containsExactly("GET /a");
    assertThat(Stream.of("POST", "PUT", "PATCH", "DELETE"))
        .allSatisfy(method -> assertThat(met(table, method + " /a")).containsExactly("ANY /a"));
    assertThat(met(table, "OPTIONS /a")).containsExactly("OPTIONS /a");
    assertThat(met(table, "ANY /a")).isEmpty();
    assertThat(met(table(row("ANY /a")), "OPTIONS /a")).isEmpty();
    assertThat(met(table(row("ANY /a")), "HEAD /a")).containsExactly("ANY /a");
  }

  @Test
  void a_literal_host_comes_before_a_label_and_that_before_none() {
    RouteTable table =
        table(
            row("GET /{x}").host("api.example.com").id("literal"),
            row("GET /{x}").host("{org}.example.com").id("label"),
            row("GET /a").id("none"),
            row("POST /a").id("none, post"));
    assertThat(met(table, "GET /a", "API.example.com:8443")).containsExactly("literal");
    assertThat(met(table, "GET /a", "acme.example.com")).containsExactly("label");
    assertThat(met(table, "GET /a", "a.b.example.com")).containsExactly("none");
    assertThat(met(table, "GET /a", "localhost")).containsExactly("none");
    assertThat(met(table, "POST /a", "api.example.com")).containsExactly("none, post");
    assertThat(met(table, "GET /x/y", "api.example.com")).isEmpty();
  }

  @Test
  void a_host_without_a_matching_row_falls_to_the_next_class() {
    RouteTable table =
        table(
            row("GET /a").host("api.example.com").id("literal"),
            row("GET /b").host("{org}.example.com").id("label"));
    assertThat(met(table, "GET /b", "api.example.com")).containsExactly("label");
    RouteMatch match = table.match(line("GET /b", "api.example.com")).orElseThrow();
    assertThat(match.parameter(match.rows().get(0), "org")).isEqualTo("api");
  }

  @Test
  void rows_with_a_condition_come_first_in_file_order() {
    Query a = new Query("a", new Present());
    Query b = new Query("b", new Present());
    RouteTable table =
        table(
            row("GET /{x}").id("else"),
            row("GET /{y}").when(b).id("b"),
            row("GET /{x}").when(a).id("a"));
    assertThat(met(table, "GET /x")).containsExactly("b", "a", "else");
  }

  @Test
  void a_row_of_a_less_specific_method_is_no_alternative_to_a_condition() {
    RouteTable table =
        table(row("GET /x").when(new Query("a", new Present())).id("get"), row("ANY /x").id("any"));
    assertThat(met(table, "GET /x")).containsExactly("get");
  }

  @Test
  void two_equally_specific_rows_that_can_match_the_same_request_clash() {
    assertClash("GET /a/{x}", "GET /a/{y}");
    assertClash("GET,POST /a", "POST,PUT /a");
    assertClash("ANY /a/{x*}", "ANY /a/{y*}");
    assertClash("GET /v{x}", "GET /{x}y");
    assertClash("GET /v{x}/{b}/c", "GET /{x}y/{c}/c");
    assertClash("GET /%61", "GET /a");
    assertClash("GET /{x}.json", "GET /{y}.json");
  }

  @Test
  void rows_that_cannot_match_the_same_request_alike_do_not_clash() {
    assertNoClash("GET /a/{x}", "POST /a/{x}");
    assertNoClash("GET /a", "HEAD /a");
    assertNoClash("GET /a", "ANY /a");
    assertNoClash("GET /a", "GET /a/");
    assertNoClash("GET /{x}:cancel", "GET /{x}:delete");
    assertNoClash("GET /v{x}", "GET /w{x}");
    assertNoClash("GET /v{x}/a", "GET /{x}y/b");
    assertNoClash("GET /v{x}/a", "GET /{x}y/{b}");
    assertNoClash("GET /a/{x*}", "GET /a/{x}");
    assertThat(built(row("GET /a").host("x.test"), row("GET /a").host("y.test")).clashes())
        .isEmpty();
    assertThat(built(row("GET /a").host("{x}.test"), row("GET /a")).clashes()).isEmpty();
  }

  @Test
  void host_labels_of_other_names_are_the_same_host() {
    assertThat(built(row("GET /a").host("{x}.test"), row("GET /a").host("{y}.test")).clashes())
        .hasSize(1);
  }

  @Test
  void a_condition_keeps_rows_of_one_template_apart_but_not_of_two() {
    Query query = new Query("a", new Present());
    assertThat(built(row("GET /{x}").when(query), row("GET /{x}")).clashes()).isEmpty();
    assertThat(built(row("GET /{x}").when(query), row("GET /{x}").when(query)).clashes()).isEmpty();
    assertThat(built(row("GET /v{x}").when(query), row("GET /{x}y")).clashes()).hasSize(1);
  }

  @Test
  void each_later_row_is_reported_once_with_the_first_it_clashes_with() {
    RouteTable.Built built =
        built(
            row("GET /a").id("1"),
            row("POST /a").id("2"),
            row("GET,POST /a").id("3"),
            row("POST /a").id("4"));
    assertThat(built.clashes().stream().map(pair -> pair.first().id() + pair.second().id()))
        .containsExactly("13", "24");
  }

  private static void assertClash(String first, String second) {
    assertThat(built(row(first), row(second)).clashes())
        .singleElement()
        .satisfies(
            pair -> {
              assertThat(pair.first().id()).isEqualTo(first);
              assertThat(pair.second().id()).isEqualTo(second);
            });
  }

  private static void assertNoClash(String first, String second) {
    assertThat(built(row(first), row(second)).clashes()).isEmpty();
    assertThat(built(row(second), row(first)).clashes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET /a/{x}/c, GET /a/b/{y}, true",
    "GET /a/{x}/c, GET /a/v{z}/{y}, true",
    "GET /a/{x}/c, ANY /a/b/{y}, true",
    "GET /a/{x}/c, HEAD /a/b/{y}, true",
    "GET /a/{x*}, GET /{y}/b, true",
    "GET /{x}/b/{c*}, GET /a/{y}/c, true",
    "GET /{x}/{y}/c, GET /a/{x}/{y}, true",
    "GET /{x}/v{y}, GET /a/{y}z, false",
    "GET /{x}/v{y}z, GET /a/{y}z, true",
    "GET /a/{x}/c, POST /a/b/{y}, false",
    "GET /a/{x}/c, GET /a/b/d, false",
    "GET /a/{x}/c, GET /a/b/c, false",
    "GET /a/{x}, GET /a/b, false",
    "GET /a/{x*}, GET /a/b/c, false",
    "GET /a/{x*}, GET /{y}/, false",
    "GET /a/v{x}/c, GET /a/b/{y}, false",
    "GET /a/{x}/, GET /a/b/{y}, false",
  })
  void templates_cross_where_each_is_the_more_specific_one_somewhere(
      String first, String second, boolean crosses) {
    assertThat(built(row(first), row(second)).crossings()).hasSize(crosses ? 1 : 0);
    assertThat(built(row(second), row(first)).crossings()).hasSize(crosses ? 1 : 0);
  }

  @Test
  void a_clash_is_found_however_many_templates_cross() {
    List<Route> rows =
        new ArrayList<>(List.of(row("GET /v{x}/z").route(), row("GET /{x}y/z").route()));
    for (int i = 0; i < 1_500; i++) {
      rows.add(row("GET /a" + i + "/{x}/c").route());
      rows.add(row("GET /{y}/b" + i + "/{z}").route());
    }
    RouteTable.Built built = RouteTable.build(rows);
    assertThat(built.crossings()).hasSize(1_000);
    assertThat(built.clashes()).hasSize(1);
  }

  @Test
  void templates_of_two_hosts_do_not_cross() {
    assertThat(built(row("GET /a/{x}/c").host("x.test"), row("GET /a/b/{y}")).crossings())
        .isEmpty();
  }

  @Test
  void an_encoded_slash_is_refused_unless_every_row_takes_it() {
    RouteTable table =
        table(
            row("GET /a/{x}"),
            row("GET /b/{x}").encodedSlash(),
            row("GET /c/{x}").encodedSlash(),
            row("GET /c/{x}").when(new Query("a", new Present())));
    assertThat(refused(table, "GET /a/1%2F2")).isTrue();
    assertThat(refused(table, "GET /b/1%2F2")).isFalse();
    assertThat(refused(table, "GET /b/1%5C2")).isFalse();
    assertThat(refused(table, "GET /c/1%2F2")).isTrue();
    assertThat(refused(table, "GET /c/12")).isFalse();
    RouteMatch match = table.match(line("GET /b/1%2F2")).orElseThrow();
    assertThat(match.parameter(match.rows().get(0), "x")).isEqualTo("1/2");
  }

  @Test
  void path_parameters_are_refused_unless_every_row_takes_them() {
    RouteTable table = table(row("GET /a/{x}"), row("GET /b/{x}").pathParameters());
    assertThat(refused(table, "GET /a/1;v=2")).isTrue();
    assertThat(refused(table, "GET /a/1%3Bv=2")).isTrue();
    assertThat(refused(table, "GET /b/1;v=2")).isFalse();
    assertThat(table.match(line("GET /c/1;v=2"))).isEmpty();
    RouteMatch match = table.match(line("GET /b/1;v=2")).orElseThrow();
    assertThat(match.parameter(match.rows().get(0), "x")).isEqualTo("1");
  }

  @Test
  void path_parameters_that_lead_elsewhere_are_refused() {
    RouteTable table =
        table(
            row("GET /api/admin/{x}").pathParameters(),
            row("GET /api/{x}/{y}").pathParameters(),
            row("GET /b").pathParameters());
    assertThat(refused(table, "GET /api/admin;a=b/users")).isTrue();
    assertThat(refused(table, "GET /b;a=b")).isTrue();
    assertThat(refused(table, "GET /api/x;a=b/y")).isFalse();
  }

  private static boolean refused(RouteTable table, String request) {
    return table.match(line(request)).orElseThrow().refusal().isPresent();
  }

  @Test
  void rows_are_kept_in_their_order() {
    assertThat(table(row("GET /b"), row("GET /a")).routes().stream().map(Route::id))
        .containsExactly("GET /b", "GET /a");
  }
}
