package io.scopegate.permission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Sets of permissions behave like sets of their names. */
class PermissionSetTest {
  private static final PermissionCatalog CATALOG =
      PermissionCatalog.of(
          List.of(
              Permission.of("work:write"),
              Permission.of("work:read"),
              Permission.of("admin"),
              new Permission("later", "", true, Optional.empty()),
              new Permission("job:run", "", false, Optional.of(Level.PROJECT))),
          Map.of(
              "admin", List.of("work:write", "later"),
              "work:write", List.of("work:read")));

  @Test
  void a_set_lists_its_names_sorted() {
    assertThat(CATALOG.of(List.of("work:write", "admin", "work:read")).names())
        .containsExactly("admin", "work:read", "work:write");
  }

  @Test
  void implies_is_closed_transitively_and_never_brings_a_planned_permission() {
    assertThat(CATALOG.inForce(CATALOG.of(List.of("admin"))).names())
        .containsExactly("admin", "work:read", "work:write");
  }

  @Test
  void a_planned_permission_grants_nothing() {
    assertThat(CATALOG.inForce(CATALOG.of(List.of("later"))).isEmpty()).isTrue();
    assertThat(CATALOG.all().names()).doesNotContain("later");
  }

  @Test
  void a_name_that_left_the_catalogue_grants_nothing() {
    assertThat(CATALOG.known(List.of("gone", "admin")).names()).containsExactly("admin");
    assertThatThrownBy(() -> CATALOG.of(List.of("gone"))).hasMessageContaining("`gone`");
  }

  @Test
  void a_set_is_reduced_to_what_implies_the_rest() {
    assertThat(CATALOG.reduced(CATALOG.of(List.of("work:read", "work:write", "job:run"))).names())
        .containsExactly("job:run", "work:write");
  }

  @Test
  void a_permission_may_be_tied_to_a_level() {
    assertThat(CATALOG.tiedTo(Level.PROJECT).names()).containsExactly("job:run");
    assertThat(CATALOG.tiedTo(Level.TEAM).isEmpty()).isTrue();
  }

  @Test
  void sets_of_two_catalogues_never_combine() {
    PermissionCatalog other = PermissionCatalog.of(List.of(Permission.of("admin")), Map.of());
    assertThatThrownBy(() -> CATALOG.all().union(other.all()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(other.all()).isNotEqualTo(CATALOG.of(List.of("admin")));
  }

  @Test
  void a_cycle_of_implies_comes_to_an_end() {
    PermissionCatalog cycle =
        PermissionCatalog.of(
            List.of(Permission.of("a"), Permission.of("b")),
            Map.of("a", List.of("b"), "b", List.of("a")));
    assertThat(cycle.inForce(cycle.of(List.of("a"))).names()).containsExactly("a", "b");
    assertThat(cycle.reduced(cycle.all()).size()).isEqualTo(1);
  }

  @Property(tries = 300)
  void sets_agree_with_sets_of_names(
      @ForAll @Size(max = 40) Set<@IntRange(max = 149) Integer> left,
      @ForAll @Size(max = 40) Set<@IntRange(max = 149) Integer> right) {
    PermissionCatalog many =
        PermissionCatalog.of(
            IntStream.range(0, 150).mapToObj(i -> Permission.of("p" + i)).toList(), Map.of());
    Set<String> a = names(left);
    Set<String> b = names(right);
    PermissionSet one = many.of(a);
    PermissionSet two = many.of(b);
    Set<String> union = new HashSet<>(a);
    union.addAll(b);
    Set<String> both = new HashSet<>(a);
    both.retainAll(b);
    Set<String> less = new HashSet<>(a);
    less.removeAll(b);
    assertThat(one.union(two).names()).containsExactlyElementsOf(new TreeSet<>(union));
    assertThat(one.intersect(two).names()).containsExactlyElementsOf(new TreeSet<>(both));
    assertThat(one.minus(two).names()).containsExactlyElementsOf(new TreeSet<>(less));
    assertThat(one.containsAll(two)).isEqualTo(a.containsAll(b));
    assertThat(one.size()).isEqualTo(a.size());
    assertThat(one.isEmpty()).isEqualTo(a.isEmpty());
  }

  @Property(tries = 200)
  void closure_agrees_with_walking_the_graph(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 899) Integer> edges,
      @ForAll @IntRange(max = 29) int start) {
    Map<String, Set<String>> implies = new HashMap<>();
    for (int edge : edges) {
      implies.computeIfAbsent("p" + edge / 30, key -> new HashSet<>()).add("p" + edge % 30);
    }
    PermissionCatalog graph =
        PermissionCatalog.of(
            IntStream.range(0, 30).mapToObj(i -> Permission.of("p" + i)).toList(), implies);
    Set<String> walked = new TreeSet<>(Set.of("p" + start));
    while (walked.addAll(
        walked.stream().flatMap(name -> implies.getOrDefault(name, Set.of()).stream()).toList())) {
      // Until nothing is added.
    }
    assertThat(graph.inForce(graph.of(List.of("p" + start))).names())
        .containsExactlyElementsOf(walked);
  }

  private static Set<String> names(Set<Integer> numbers) {
    Set<String> names = new HashSet<>();
    numbers.forEach(number -> names.add("p" + number));
    return names;
  }
}
