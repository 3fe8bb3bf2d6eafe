package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.policy.Bounds;
import io.scopegate.store.StoredToken;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownTokenTest {
  private static final long NOW = Instant.parse("2026-11-22T00:00:00Z").toEpochMilli();

  private static KnownToken ending(Instant expires) {
    StoredToken token =
        new StoredToken(
            "id",
            "bob",
            "ci",
            "",
            List.of(),
            Bounds.none(),
            Instant.EPOCH,
            Optional.of(expires),
            Optional.empty(),
            Optional.empty(),
            true,
            Optional.empty(),
            Optional.empty());
    return new KnownToken(token, new Issue(List.of(), Bounds.none()));
  }

  @Test
  void a_token_ends_at_its_moment() {
    assertThat(ending(Instant.ofEpochMilli(NOW + 1)).isExpired(NOW)).isFalse();
    assertThat(ending(Instant.ofEpochMilli(NOW)).isExpired(NOW)).isTrue();
    assertThat(ending(Instant.ofEpochMilli(NOW).plusNanos(1)).isExpired(NOW)).isTrue();
  }

  @Test
  void the_first_and_the_last_moment_of_a_database_are_moments() {
    assertThat(ending(OffsetDateTime.MAX.toInstant()).isExpired(NOW)).isFalse();
    assertThat(ending(OffsetDateTime.MIN.toInstant()).isExpired(NOW)).isTrue();
  }
}
