package io.scopegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.route.HttpFields;
import io.scopegate.route.Rows;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The decision with bits says what the contract says with names. */
class DecisionPropertyTest {

  @Property(tries = 500, shrinking = ShrinkingMode.OFF)
  void bits_decide_as_names_do(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long seed) {
    RandomWorld world = new RandomWorld(seed);
    for (int i = 0; i < 12; i++) {
      RandomWorld.Question question = world.question();
      Decision decision = decide(world, question);
      assertThat(verdict(decision, question))
          .as("seed %s, question %s: %s", seed, i, question)
          .isEqualTo(world.oracle().decide(question.request(), question.caller()));
    }
  }

  @Test
  void the_questions_reach_every_answer() {
    Set<String> answers = new TreeSet<>();
    for (int seed = 0; seed < 500; seed++) {
      RandomWorld world = new RandomWorld(seed);
      RandomWorld.Question question = world.question();
      answers.add(verdict(decide(world, question), question).answer());
    }
    assertThat(answers)
        .containsExactly(
            "ALLOW",
            "INSUFFICIENT_ROLE",
            "INSUFFICIENT_SCOPE",
            "NOT_A_MEMBER",
            "NOT_FOUND",
            "TOKEN_OUT_OF_BOUNDS");
  }

  private static Decision decide(RandomWorld world, RandomWorld.Question question) {
    return Authorizer.decide(
        question.policy(world),
        Rows.line("GET " + question.path()),
        HttpFields.none(),
        question.caller());
  }

  private static DecisionOracle.Verdict verdict(Decision decision, RandomWorld.Question question) {
    Set<String> effective =
        decision
            .grants()
            .flatMap(Grants::effective)
            .filter(set -> !question.request().lists())
            .<Set<String>>map(set -> new TreeSet<>(set.names()))
            .orElse(Set.of());
    if (decision instanceof Decision.Deny deny) {
      Set<String> missing = new TreeSet<>(deny.missing().token());
      missing.addAll(deny.missing().role());
      return new DecisionOracle.Verdict(deny.code().name(), missing, List.of(), effective);
    }
    List<String> listed =
        ((Decision.Allow) decision)
            .listing()
            .map(listing -> listing.everywhere() ? List.of("*") : listing.ids())
            .orElse(List.of());
    return new DecisionOracle.Verdict("ALLOW", Set.of(), listed, effective);
  }
}
