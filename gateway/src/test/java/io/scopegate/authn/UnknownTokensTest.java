package io.scopegate.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.Policies;
import io.scopegate.event.GatewayEvents;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import io.scopegate.store.LastUse;
import io.scopegate.store.SqliteIdentityStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random wrong tokens cost no memory to speak of. */
class UnknownTokensTest {
  private static final long MIB = 1 << 20;
  private static final int AT_A_TIME = 1_000;

  @TempDir private Path folder;

  @Test
  void many_random_wrong_tokens_do_not_grow_the_heap() {
    ask(50_000);
  }

  @Test
  @Tag("long")
  void a_million_random_wrong_tokens_do_not_grow_the_heap() {
    ask(1_000_000);
  }

  private void ask(int tokens) {
    Policy policy = Policies.bare(false);
    TokenFormat format = new TokenFormat(new Random(1));
    try (SqliteIdentityStore store =
            new SqliteIdentityStore(folder, Clock.systemUTC(), new Random(2));
        LastUse lastUse = new LastUse(store, Duration.ofHours(1));
        TokenAuthenticator authenticator =
            new TokenAuthenticator(
                store,
                lastUse,
                CacheLimits.embedded(Duration.ofSeconds(30)),
                Clock.systemUTC(),
                GatewayEvents.NONE)) {
      askSome(authenticator, format, policy);
      long before = heap();
      for (int asked = 0; asked < tokens; asked += AT_A_TIME) {
        askSome(authenticator, format, policy);
      }
      long grown = heap() - before;
      System.out.printf("%d random wrong tokens: the heap grew by %d KiB%n", tokens, grown / 1_024);
      assertThat(grown).isLessThan(32 * MIB);
    }
  }

  private static void askSome(TokenAuthenticator authenticator, TokenFormat format, Policy policy) {
    List<CompletableFuture<Caller>> asked = new ArrayList<>();
    for (int i = 0; i < AT_A_TIME; i++) {
      asked.add(authenticator.authenticate(Credential.bearer(format.generate()), policy));
    }
    asked.forEach(one -> assertThat(one.join()).isEqualTo(new Caller.Invalid()));
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
