package io.scopegate.bench;

import io.scopegate.authn.CacheLimits;
import io.scopegate.authn.Credential;
import io.scopegate.authn.TokenAuthenticator;
import io.scopegate.authn.TokenFormat;
import io.scopegate.event.GatewayEvents;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Policy;
import io.scopegate.store.LastUse;
import io.scopegate.store.NewToken;
import io.scopegate.store.SqliteIdentityStore;
import io.scopegate.store.TokenDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to know whose token a request carries when the cache knows it, beside its digest
 * alone. Confined to one thread of a benchmark.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 5, time = 1)
@NullUnmarked
public class TokenBenchmark {
  /** How many tokens there are, all of them used. */
  @Param({"1", "1000", "50000"})
  public int tokens;

  private Path folder;
  private SqliteIdentityStore store;
  private LastUse lastUse;
  private TokenAuthenticator authenticator;
  private Policy policy;
  private Credential[] credentials;
  private String[] values;
  private int next;

  /** Makes the tokens, ten a subject, and uses each of them once. */
  @Setup
  public void issue() throws IOException {
    folder = Files.createTempDirectory("tokens");
    Clock clock = Clock.systemUTC();
    store = new SqliteIdentityStore(folder, clock, new Random(1));
    lastUse = new LastUse(store, Duration.ofHours(1));
    authenticator =
        new TokenAuthenticator(
            store, lastUse, CacheLimits.embedded(), clock, GatewayEvents.NONE);
    policy = new InventedTable(10, true).policy();
    TokenFormat format = new TokenFormat(new Random(2));
    credentials = new Credential[tokens];
    values = new String[tokens];
    for (int i = 0; i < tokens; i++) {
      String subject = "user-" + i / 10;
      if (i % 10 == 0) {
        store.putMember("acme", Level.ORGANIZATION, "acme", subject, Set.of("OWNER"));
      }
      values[i] = format.generate();
      store.create(
          new NewToken(
              subject,
              "token " + i,
              List.of("permission:1", "permission:2"),
              Bounds.none(),
              Optional.empty(),
              TokenDigest.of(values[i]),
              "",
              false));
      credentials[i] = Credential.bearer(values[i]);
      if (!(authenticator.authenticate(credentials[i], policy).join()
          instanceof Caller.Authenticated)) {
        throw new IllegalStateException("a token is not known");
      }
    }
  }

  /** Removes what was made. */
  @TearDown
  public void remove() throws IOException {
    lastUse.close();
    authenticator.close();
    store.close();
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(TokenBenchmark::delete);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int request() {
    next = next + 1 == tokens ? 0 : next + 1;
    return next;
  }

  /** Finds the caller of a token that is in the cache. */
  @Benchmark
  public Object hit() {
    return authenticator.authenticate(credentials[request()], policy).join();
  }

  /** Computes the digest that it is found by, and no more. */
  @Benchmark
  public Object digest() {
    return TokenDigest.of(values[request()]);
  }
}
