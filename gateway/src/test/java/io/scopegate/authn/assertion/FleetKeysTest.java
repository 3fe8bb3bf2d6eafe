package io.scopegate.authn.assertion;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.scopegate.SettableClock;
import io.scopegate.authn.PausableStore;
import io.scopegate.store.SqliteIdentityStore;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetKeysTest {
  private static final Duration ROTATION = Duration.ofDays(30);

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T12:00:00Z"));
  private PausableStore store;
  private AssertionKeys first;
  private AssertionKeys second;
  private FleetKeys one;
  private FleetKeys other;

  @BeforeEach
  void start() throws IOException {
    store =
        new PausableStore(new SqliteIdentityStore(folder.resolve("store"), clock, new Random(1)));
    first = new AssertionKeys(folder.resolve("one"), ROTATION, clock);
    second = new AssertionKeys(folder.resolve("other"), ROTATION, clock);
    one = new FleetKeys(first, store, clock);
    other = new FleetKeys(second, store, clock);
  }

  @AfterEach
  void stop() {
    one.close();
    other.close();
    store.close();
  }

  private static List<String> published(FleetKeys keys) throws ParseException {
    return JWKSet.parse(keys.published()).getKeys().stream().map(JWK::getKeyID).toList();
  }

  @Test
  void each_gateway_publishes_the_keys_of_all() throws Exception {
    assertThat(published(one)).containsExactly(first.signing().getKeyID());
    one.look();
    for (FleetKeys keys : List.of(one, other)) {
      assertThat(published(keys))
          .containsExactlyInAnyOrder(first.signing().getKeyID(), second.signing().getKeyID());
    }
  }

  @Test
  void a_key_is_known_to_the_others_before_it_signs() throws Exception {
    clock.advance(ROTATION);
    one.look();
    other.look();
    clock.advance(AssertionKeys.ANNOUNCED);
    String next = first.signing().getKeyID();
    assertThat(first.publicKeys()).extracting(ECKey::getKeyID).last().isEqualTo(next);
    assertThat(published(other)).contains(next);
  }

  @Test
  void no_private_key_leaves_its_gateway() throws Exception {
    Map<String, String> shared = store.publishedKeys(clock.instant());
    assertThat(shared).hasSize(2);
    for (String key : shared.values()) {
      assertThat(JWK.parse(key).isPrivate()).isFalse();
    }
    // Whatever somebody else has written there.
    ECKey leaked = second.signing();
    Instant now = clock.instant();
    store.publishKeys(
        Map.of(leaked.getKeyID(), leaked.toJSONString(), "broken", "{", "other-id", "{}"),
        now,
        now.plusSeconds(60));
    one.look();
    assertThat(JWKSet.parse(one.published()).getKeys()).hasSize(2).noneMatch(JWK::isPrivate);
  }

  @Test
  void a_gateway_that_has_gone_is_forgotten_after_its_last_assertion_and_one_that_runs_is_not()
      throws Exception {
    for (int hour = 0; hour < 6; hour++) {
      clock.advance(Duration.ofHours(1));
      one.look();
    }
    assertThat(published(one)).containsExactly(first.signing().getKeyID());
    FleetKeys young = new FleetKeys(second, store, clock);
    assertThat(published(young))
        .containsExactlyInAnyOrder(first.signing().getKeyID(), second.signing().getKeyID());
    young.close();
  }

  @Test
  void what_is_known_stays_while_the_store_is_away() throws Exception {
    one.look();
    store.broken = true;
    one.look();
    assertThat(published(one)).hasSize(2);
  }
}
