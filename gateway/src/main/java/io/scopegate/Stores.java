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

  /** Returns how long what was read from it counts. */
  static CacheLimits limits(GatewayConfig.Store store) {
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
