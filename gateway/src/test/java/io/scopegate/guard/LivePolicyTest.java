package io.scopegate.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scopegate.Policies;
import io.scopegate.event.GatewayEvents;
import io.scopegate.file.Problem;
import io.scopegate.guard.PolicySource.Loaded;
import io.scopegate.policy.Policy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LivePolicyTest {
  private static final Problem ERROR =
      new Problem("routes.yaml", 1, 1, Problem.Severity.ERROR, "unknown key `x`", "");
  private static final Problem WARNING =
      new Problem("routes.yaml", 2, 1, Problem.Severity.WARNING, "crossing templates", "");
  private static final Path FILE = Path.of("routes.yaml");

  private final Policy policy = Policies.bare(false);
  private final Deque<Loaded> next = new ArrayDeque<>();
  private final List<String> events = new ArrayList<>();
  private final LivePolicy live =
      new LivePolicy(
          good(WARNING),
          next::pop,
          new GatewayEvents() {
            @Override
            public void reloaded(boolean ok, long generation) {
              events.add(ok + " " + generation);
            }
          });

  private Loaded good(Problem... warnings) {
    return new Loaded(Optional.of(policy), List.of(warnings), Set.of(FILE));
  }

  private static Loaded bad(Path... files) {
    return new Loaded(Optional.empty(), List.of(ERROR), Set.of(files));
  }

  @Test
  void the_first_policy_is_generation_1() {
    assertThat(live.current().generation()).isEqualTo(1);
    assertThat(live.lastReload()).isEqualTo(new LivePolicy.Reload(true, 1, List.of(WARNING)));
    assertThat(events).isEmpty();
  }

  @Test
  void a_good_reload_is_in_force_as_the_next_generation() {
    next.add(good());

    assertThat(live.reload()).isEqualTo(new LivePolicy.Reload(true, 2, List.of()));

    assertThat(live.current().generation()).isEqualTo(2);
    assertThat(events).containsExactly("true 2");
  }

  @Test
  void a_bad_reload_keeps_the_old_policy_and_says_why() {
    Policy before = live.current();
    next.add(bad(FILE));

    assertThat(live.reload()).isEqualTo(new LivePolicy.Reload(false, 1, List.of(ERROR)));

    assertThat(live.current()).isSameAs(before);
    assertThat(live.lastReload().ok()).isFalse();
    assertThat(events).containsExactly("false 1");
  }

  @Test
  void a_good_reload_after_a_bad_one_mends_it() {
    next.add(bad());
    next.add(good());
    live.reload();
    live.reload();

    assertThat(live.lastReload()).isEqualTo(new LivePolicy.Reload(true, 2, List.of()));
  }

  @Test
  void the_files_of_the_last_reading_are_known_even_if_it_could_not_name_any() {
    assertThat(live.files()).containsExactly(FILE);
    next.add(bad());
    live.reload();
    assertThat(live.files()).containsExactly(FILE);

    Path other = Path.of("other.yaml");
    next.add(bad(FILE, other));
    live.reload();
    assertThat(live.files()).containsExactlyInAnyOrder(FILE, other);
  }

  @Test
  void without_a_policy_nothing_starts() {
    assertThatThrownBy(() -> new LivePolicy(bad(), next::pop, GatewayEvents.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
