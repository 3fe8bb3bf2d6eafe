package io.scopegate.authn.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWKSet;
import io.scopegate.SettableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LiveKeysTest {
  private static final SigningKeys OLD = keys("old");
  private static final SigningKeys NEW = keys("new");

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final List<CompletableFuture<SigningKeys>> fetches = new ArrayList<>();
  private final LiveKeys live =
      new LiveKeys(
          "test",
          () -> {
            CompletableFuture<SigningKeys> fetch = new CompletableFuture<>();
            fetches.add(fetch);
            return fetch;
          },
          clock);

  private static SigningKeys keys(String id) {
    return SigningKeys.parse(new JWKSet(TestIssuer.ec(id)).toString(true)).orElseThrow();
  }

  private void answer(SigningKeys keys) {
    fetches.get(fetches.size() - 1).complete(keys);
  }

  private void fail() {
    fetches.get(fetches.size() - 1).completeExceptionally(new IOException("away"));
  }

  private void startWith(SigningKeys keys) {
    CompletableFuture<Optional<SigningKeys>> first = live.current();
    assertThat(first).isNotDone();
    answer(keys);
    assertThat(first).isCompletedWithValue(Optional.of(keys));
  }

  @Test
  void whoever_needs_the_first_keys_shares_one_fetch() {
    CompletableFuture<Optional<SigningKeys>> one = live.current();
    CompletableFuture<Optional<SigningKeys>> two = live.current();
    answer(OLD);
    assertThat(fetches).hasSize(1);
    assertThat(one).isCompletedWithValue(Optional.of(OLD));
    assertThat(two).isCompletedWithValue(Optional.of(OLD));
    assertThat(live.ready()).isSameAs(OLD);
  }

  @Test
  void unknown_keys_never_cause_more_than_one_fetch_in_thirty_seconds() {
    startWith(OLD);
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 100; i++) {
        if (live.renewed().isDone()) {
          continue;
        }
        answer(OLD);
      }
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(fetches).hasSize(2);
  }

  @Test
  void keys_are_fetched_ahead_while_the_ones_at_hand_are_used() {
    startWith(OLD);
    clock.advance(LiveKeys.DUE_AFTER);
    assertThat(live.ready()).isSameAs(OLD);
    assertThat(live.ready()).isSameAs(OLD);
    assertThat(fetches).hasSize(2);
    answer(NEW);
    assertThat(live.ready()).isSameAs(NEW);
  }

  @Test
  void a_removed_key_is_out_of_force_within_five_minutes_with_and_without_use() {
    startWith(OLD);
    clock.advance(LiveKeys.FRESH_FOR);
    assertThat(live.ready()).isNull();
    CompletableFuture<Optional<SigningKeys>> after = live.current();
    assertThat(after).isNotDone();
    answer(NEW);
    assertThat(after).isCompletedWithValue(Optional.of(NEW));
  }

  @Test
  void the_issuer_away_for_ten_minutes_changes_nothing_for_known_keys() {
    startWith(OLD);
    for (int second = 0; second < 600; second++) {
      clock.advance(Duration.ofSeconds(1));
      assertThat(live.ready()).as("after %d s", second).isSameAs(OLD);
      if (!fetches.get(fetches.size() - 1).isDone()) {
        fail();
      }
    }
    assertThat(fetches).hasSizeBetween(10, 21);
  }

  @Test
  void an_issuer_that_stays_away_is_not_believed_forever() {
    startWith(OLD);
    clock.advance(LiveKeys.GOOD_FOR);
    CompletableFuture<Optional<SigningKeys>> late = live.current();
    fail();
    assertThat(late).isCompletedWithValue(Optional.empty());
  }

  @Test
  void a_fetch_that_began_before_a_reload_does_not_count() {
    startWith(OLD);
    clock.advance(LiveKeys.DUE_AFTER);
    assertThat(live.ready()).isSameAs(OLD);
    live.demand();
    fetches.get(1).complete(OLD);
    assertThat(live.ready()).isNull();
    CompletableFuture<Optional<SigningKeys>> after = live.current();
    assertThat(fetches).hasSize(3);
    answer(NEW);
    assertThat(after).isCompletedWithValue(Optional.of(NEW));
    assertThat(live.ready()).isSameAs(NEW);
  }

  @Test
  void a_reload_while_the_issuer_is_away_keeps_the_known_keys() {
    startWith(OLD);
    live.demand();
    CompletableFuture<Optional<SigningKeys>> after = live.current();
    fail();
    assertThat(after).isCompletedWithValue(Optional.of(OLD));
    assertThat(live.ready()).isSameAs(OLD);
  }

  @Test
  void the_same_keys_fetched_again_are_the_same() {
    startWith(OLD);
    clock.advance(LiveKeys.DUE_AFTER);
    assertThat(live.ready()).isSameAs(OLD);
    answer(keysAgain());
    assertThat(live.ready()).isSameAs(OLD);
  }

  private static SigningKeys keysAgain() {
    assertThat(OLD.areSameAs(NEW)).isFalse();
    return OLD;
  }
}
