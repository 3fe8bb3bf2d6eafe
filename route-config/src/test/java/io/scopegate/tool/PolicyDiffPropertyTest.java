package io.scopegate.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.policy.Policy;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compares the diff with brute force: every request of a small world, by holders of up to two roles
 * (three in the long form), with tokens that are bound or not, and where settings are turned.
 */
class PolicyDiffPropertyTest {
  private static final List<String> SINGLE_SCOPES = List.of("*", "a", "b", "c", "d");

  /** Lists of several scopes, an empty one, and a session. */
  private static final List<String> OTHER_SCOPES = List.of("", "a,b", "b,c,d", "session");

  @Test
  void a_diff_tells_exactly_what_brute_force_finds() {
    check(0, 25, 2);
  }

  @Test
  @Tag("long")
  void a_diff_tells_exactly_what_brute_force_finds_in_many_tables() {
    check(1_000_000, 200, 3);
  }

  /**
   * Compares so many edits of random tables; one with equally specific rows is no table.
   *
   * @param roles how many of them one asker holds at most
   */
  private static void check(long seed, int pairs, int roles) {
    int compared = 0;
    for (int tried = 0; compared < pairs; tried++) {
      assertThat(tried).as("random tables of which %s were good", compared).isLessThan(20 * pairs);
      RandomTable table = new RandomTable(seed + tried);
      Optional<Policy> before = table.policy();
      String old = table.text();
      table.edit();
      Optional<Policy> after = table.policy();
      if (before.isPresent() && after.isPresent()) {
        String tables = "seed " + (seed + tried) + " from\n" + old + "to\n" + table.text();
        check(before.get(), after.get(), roles, tables);
        compared++;
      }
    }
  }

  private static void check(Policy before, Policy after, int roles, String tables) {
    Set<DiffOracle.Fact> told = told(PolicyDiff.between(before, after));
    DiffOracle oracle = new DiffOracle(before, after);
    Set<DiffOracle.Fact> found = new HashSet<>(oracle.foundAnonymous());
    found.addAll(oracle.foundPages());
    for (DiffAsker asker : DiffAsker.upTo(roles)) {
      boolean alone = asker.labels().size() == 1;
      SINGLE_SCOPES
          .subList(0, alone ? 5 : 2)
          .forEach(one -> found.addAll(oracle.found(asker, one)));
      if (alone) {
        OTHER_SCOPES.forEach(some -> found.addAll(oracle.found(asker, some)));
        found.addAll(oracle.found(asker.where("s on"), "*"));
        found.addAll(oracle.found(asker.where("s off"), "*"));
      }
    }
    DiffAsker.ofCustomRoles().forEach(asker -> found.addAll(oracle.found(asker, "*")));

    // Of one role and one scope exactly what changes is told.
    assertThat(told.stream().filter(PolicyDiffPropertyTest::isPlain))
        .as(tables)
        .containsExactlyInAnyOrderElementsOf(
            found.stream().filter(PolicyDiffPropertyTest::isPlain).toList());
    // Of everything else what nothing simpler shows.
    assertThat(found.stream().filter(fact -> told.stream().noneMatch(known -> covers(known, fact))))
        .as(tables)
        .isEmpty();
    // And nothing is told that no request shows; hiding is told of rows.
    assertThat(
            told.stream()
                .filter(fact -> !isPlain(fact) && !fact.roles().isEmpty())
                .filter(fact -> !oracle.shows(fact)))
        .as(tables)
        .isEmpty();
  }

  /** Says whether it is told of one declared role and of one scope. */
  private static boolean isPlain(DiffOracle.Fact fact) {
    return fact.roles().equals(Set.of(PolicyDiff.ANONYMOUS))
        || fact.roles().equals(Set.of(PolicyDiff.PAGE))
        || (fact.roles().size() == 1
            && fact.roles().stream().allMatch(role -> role.matches("[a-z]+:[A-Z]"))
            && fact.setting().isEmpty()
            && SINGLE_SCOPES.contains(fact.scope()));
  }

  /**
   * Says whether a change is told of less than this asker, whatever the scopes, or of anybody if
   * the roles are custom. What takes no setting must be told without one.
   */
  private static boolean covers(DiffOracle.Fact told, DiffOracle.Fact found) {
    boolean custom = found.roles().stream().anyMatch(role -> role.contains("custom"));
    // Where no team is named, it makes no difference at which one a role is held.
    Set<String> held = new HashSet<>(found.roles());
    found.roles().forEach(role -> held.add(role.replace("@another", "")));
    held.add(PolicyDiff.AUTHENTICATED);
    return told.isAbout(found)
        && told.roles().isEmpty() == found.roles().isEmpty()
        && (custom || told.setting().isEmpty() || !found.setting().isEmpty())
        && (custom || held.containsAll(told.roles()));
  }

  private static Set<DiffOracle.Fact> told(PolicyDiff diff) {
    return Stream.concat(
            diff.widened().stream().map(change -> fact(change, Direction.WIDENED)),
            diff.narrowed().stream().map(change -> fact(change, Direction.NARROWED)))
        .collect(Collectors.toSet());
  }

  private static DiffOracle.Fact fact(PolicyDiff.Change change, Direction direction) {
    if (change.from().startsWith("deny, ") && change.to().startsWith("deny, ")) {
      return DiffOracle.hiding(change.route(), direction);
    }
    String setting =
        Stream.of("s on", "s off")
            .filter(turned -> change.role().contains("(" + turned + ")"))
            .findFirst()
            .orElse("");
    String roles = change.role().split(" \\(", 2)[0];
    return new DiffOracle.Fact(
        Set.of(roles.split("\\+")), setting, change.scope(), change.route(), direction);
  }
}
