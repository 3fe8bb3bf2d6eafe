package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class AnyTextTest {
  private static final String ROUTES = SampleTest.resource("samples/routes.yaml");
  private static final String IDENTITIES = SampleTest.resource("samples/identities.yaml");
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          " ",
          "\n",
          "\n  ",
          "- ",
          "*",
          "&a ",
          "!!x ",
          "\"",
          "'",
          "#",
          ",",
          "null",
          "{}",
          "[]",
          "true",
          "7",
          "any",
          "all",
          "project",
          "at: any",
          "when: {}",
          "<<: ",
          "/",
          "{x*}",
          "{x}",
          "use: [workspace]\n",
          "\t",
          "\u0000",
          "\u00e9",
          "%",
          "|",
          ">",
          "?");

  @Property(tries = 300)
  void any_text_gives_a_policy_or_problems(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int changes) {
    PolicyReader.Outcome outcome =
        PolicyReader.read(
            "r.yaml",
            FileSource.of(Map.of("r.yaml", changed(ROUTES, seed, changes))),
            Optional.empty());

    assertThat(outcome.policy().isPresent())
        .isEqualTo(outcome.problems().stream().noneMatch(Problem::isError));
    assertThat(outcome.problems()).allMatch(problem -> problem.line() > 0 && problem.column() > 0);
  }

  @Property(tries = 200)
  void any_text_gives_identities_or_problems(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int changes) {
    IdentityFile.Outcome outcome =
        IdentityFile.read(
            "i.yaml",
            FileSource.of(Map.of("i.yaml", changed(IDENTITIES, seed, changes))),
            SampleHolder.POLICY);

    assertThat(outcome.identities().isPresent())
        .isEqualTo(outcome.problems().stream().noneMatch(Problem::isError));
  }

  private static final class SampleHolder {
    static final io.scopegate.policy.Policy POLICY = SampleTest.samplePolicy();
  }

  /** Cuts pieces out of the text, puts others in, and moves lines. */
  private static String changed(String text, long seed, int changes) {
    Random random = new Random(seed);
    StringBuilder changed = new StringBuilder(text);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(changed.length() + 1);
      int end = Math.min(changed.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> changed.delete(at, end);
        case 1 -> changed.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> changed.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
        default -> changed.insert(at, changed.substring(at, end));
      }
    }
    return changed.toString();
  }
}
