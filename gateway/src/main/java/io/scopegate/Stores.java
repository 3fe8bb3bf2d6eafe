package io.scopegate;

import io.scopegate.authn.CacheLimits;
import io.scopegate.config.GatewayConfig;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.PostgresAccess;
import io.scopegate.store.PostgresIdentityStore;
import io.scopegate.store.QueriedIdentityStore;
import io.scopegate.store.SqliteIdentityStore;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Opens the store that a configuration names. */
final class Stores {
  /** So many looks for changes before the cache is not trusted any more. */
  private static final int LOOKS = 3;

  /**
   * A quarter of the heap may go to callers that are known, each a token and its share of others.
   */
  private static final int HEAP_PART = 4;

  private static final int CALLER_BYTES = 1024;
  private static final int FEWEST_CALLERS = 10_000;
  private static final int MOST_CALLERS = 2_000_000;

  private Stores() {}

  /**
   * Opens it.
   *
   * @throws io.scopegate.store.StoreFailure if that does not work
   */
  static IdentityStore open(GatewayConfig config, Clock clock, RandomGenerator random) {
    IdentityStore own = own(config, clock, random);
    if (config.store().queries().isEmpty()) {
      return own;
    }
    GatewayConfig.Queries queries = config.store().queries().get();
    return new QueriedIdentityStore(
        own, access(queries.database()), queries.token(), queries.memberships());
  }

  private static IdentityStore own(GatewayConfig config, Clock clock, RandomGenerator random) {
    GatewayConfig.Store store = config.store();
    if (store.database().isEmpty()) {
      return UnpackedLibrary.goneAfter(() -> new SqliteIdentityStore(config.data(), clock, random));
    }
    Duration period = CacheLimits.trust(store.staleIfError()).dividedBy(LOOKS);
    return new PostgresIdentityStore(access(store.database().get()), period, clock, random);
  }

  /** Returns how much of what was read from it is remembered, and how long it counts. */
  static CacheLimits limits(GatewayConfig.Store store) {
    long callers = Runtime.getRuntime().maxMemory() / HEAP_PART / CALLER_BYTES;
    return times(store)
        .withRoomFor((int) Math.min(MOST_CALLERS, Math.max(FEWEST_CALLERS, callers)));
  }

  private static CacheLimits times(GatewayConfig.Store store) {
    if (store.queries().isPresent()) {
      return CacheLimits.untold(store.queries().get().freshFor(), store.staleIfError());
    }
    return store.database().isPresent()
        ? CacheLimits.shared(store.staleIfError())
        : CacheLimits.embedded(store.staleIfError());
  }

  private static PostgresAccess access(GatewayConfig.Database database) {
    return new PostgresAccess(
        database.url(), database.user(), database.password(), database.connections());
  }
}
