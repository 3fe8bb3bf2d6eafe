package io.scopegate.route;

import static io.scopegate.route.Rows.line;
import static io.scopegate.route.Rows.row;
import static io.scopegate.route.Rows.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scopegate.route.Condition.Absent;
import io.scopegate.route.Condition.Accepted;
import io.scopegate.route.Condition.Header;
import io.scopegate.route.Condition.Own;
import io.scopegate.route.Condition.Parameter;
import io.scopegate.route.Condition.Present;
import io.scopegate.route.Condition.Query;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteMatchTest {
  private static final Condition.Test IS_A = new Accepted("a", "a"::equals);

  private static String chosen(RouteTable table, String request) {
    return chosen(table, request, HttpFields.none(), Optional.empty());
  }

  private static String chosen(
      RouteTable table, String request, HttpFields fields, Optional<String> subject) {
    RouteMatch.Choice choice = table.match(line(request)).orElseThrow().choose(fields, subject);
    if (choice instanceof RouteMatch.Chosen chosen) {
      return chosen.row().id();
    }
    return choice instanceof RouteMatch.Ambiguous ? "ambiguous" : "none";
  }

  private static HttpFields fields(String... values) {
    return HttpFields.of(Map.of("X-Mode", List.of(values)));
  }

  @Test
  void the_row_without_a_condition_counts_where_no_condition_holds() {
    RouteTable table =
        table(row("GET /x").id("else"), row("GET /x").when(new Query("q", IS_A)).id("a"));
    assertThat(chosen(table, "GET /x?q=a")).isEqualTo("a");
    assertThat(chosen(table, "GET /x?q=%61")).isEqualTo("a");
    assertThat(chosen(table, "GET /x?q=b")).isEqualTo("else");
    assertThat(chosen(table, "GET /x?q")).isEqualTo("else");
    assertThat(chosen(table, "GET /x")).isEqualTo("else");
  }

  @Test
  void where_no_condition_holds_and_all_rows_have_one_none_counts() {
    RouteTable table =
        table(row("GET /x").when(new Query("q", new Absent())), row("GET /{y}").id("less"));
    assertThat(chosen(table, "GET /x?q=a")).isEqualTo("none");
    assertThat(chosen(table, "GET /z?q=a")).isEqualTo("less");
  }

  @Test
  void conditions_are_tried_in_file_order() {
    RouteTable table =
        table(
            row("GET /x").when(new Query("p", new Present())).id("p"),
            row("GET /x").when(new Query("q", new Present())).id("q"));
    assertThat(chosen(table, "GET /x?q&p")).isEqualTo("p");
    assertThat(chosen(table, "GET /x?q")).isEqualTo("q");
  }

  @Test
  void every_clause_must_hold() {
    RouteTable table =
        table(
            row("GET /{x}")
                .when(new Query("q", new Present()), new Parameter("x", IS_A))
                .id("both"));
    assertThat(chosen(table, "GET /a?q")).isEqualTo("both");
    assertThat(chosen(table, "GET /b?q")).isEqualTo("none");
    assertThat(chosen(table, "GET /a")).isEqualTo("none");
  }

  @Test
  void a_repeated_or_escaped_query_key_is_ambiguous_even_beside_a_clause_that_fails() {
    RouteTable table =
        table(
            row("GET /{x}").when(new Parameter("x", IS_A), new Query("q", new Absent())),
            row("GET /{x}").id("else"));
    assertThat(chosen(table, "GET /b?q=1&q=2")).isEqualTo("ambiguous");
    assertThat(chosen(table, "GET /b?%71=1")).isEqualTo("ambiguous");
    assertThat(chosen(table, "GET /b?q=1;r=2")).isEqualTo("ambiguous");
    assertThat(chosen(table, "GET /b?q=1")).isEqualTo("else");
  }

  @Test
  void what_a_row_that_is_not_looked_at_would_read_is_not_ambiguous() {
    RouteTable table =
        table(
            row("GET /x").when(new Query("p", new Present())).id("p"),
            row("GET /x").when(new Query("q", new Present())).id("q"));
    assertThat(chosen(table, "GET /x?p&q&q")).isEqualTo("p");
    assertThat(chosen(table, "GET /x?q&q")).isEqualTo("ambiguous");
  }

  @Test
  void a_header_is_read_in_any_case_without_the_space_around_it() {
    RouteTable table =
        table(row("GET /x").id("else"), row("GET /x").when(new Header("x-mode", IS_A)).id("a"));
    assertThat(chosen(table, "GET /x", fields(" a\t"), Optional.empty())).isEqualTo("a");
    assertThat(chosen(table, "GET /x", fields("a, a"), Optional.empty())).isEqualTo("else");
    assertThat(chosen(table, "GET /x", fields("  "), Optional.empty())).isEqualTo("else");
    assertThat(chosen(table, "GET /x")).isEqualTo("else");
  }

  @Test
  void a_repeated_header_is_ambiguous() {
    RouteTable table =
        table(row("GET /x").id("else"), row("GET /x").when(new Header("X-Mode", new Absent())));
    assertThat(chosen(table, "GET /x", fields("a", "a"), Optional.empty())).isEqualTo("ambiguous");
    assertThat(chosen(table, "GET /x", fields("a"), Optional.empty())).isEqualTo("else");
  }

  @Test
  void own_holds_for_exactly_the_caller() {
    RouteTable table =
        table(
            row("GET /users/{id}").id("else"), row("GET /users/{u}").when(new Own("u")).id("own"));
    assertThat(chosen(table, "GET /users/bob", HttpFields.none(), Optional.of("bob")))
        .isEqualTo("own");
    assertThat(chosen(table, "GET /users/b%6Fb", HttpFields.none(), Optional.of("bob")))
        .isEqualTo("own");
    assertThat(chosen(table, "GET /users/Bob", HttpFields.none(), Optional.of("bob")))
        .isEqualTo("else");
    assertThat(chosen(table, "GET /users/bob")).isEqualTo("else");
  }

  @Test
  void only_rows_with_own_need_the_caller() {
    RouteTable own = table(row("GET /{x}"), row("GET /{x}").when(new Own("x")));
    assertThat(own.match(line("GET /a")).orElseThrow().needsCaller()).isTrue();
    RouteTable query = table(row("GET /{x}"), row("GET /{x}").when(new Query("q", IS_A)));
    assertThat(query.match(line("GET /a")).orElseThrow().needsCaller()).isFalse();
  }

  @Test
  void each_row_reads_parameters_by_its_own_names() {
    RouteTable table =
        table(
            row("GET /{a}/{b}:{c}").id("1"),
            row("GET /{x}/{y}:{z}").when(new Query("q", IS_A)).id("2"));
    RouteMatch match = table.match(line("GET /%C3%A9/2:3")).orElseThrow();
    Route conditioned = match.rows().get(0);
    Route other = match.rows().get(1);
    assertThat(List.of("x", "y", "z").stream().map(name -> match.parameter(conditioned, name)))
        .containsExactly("é", "2", "3");
    assertThat(List.of("a", "b", "c").stream().map(name -> match.parameter(other, name)))
        .containsExactly("é", "2", "3");
    assertThatThrownBy(() -> match.parameter(other, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row `1` has no `{x}`");
  }
}
