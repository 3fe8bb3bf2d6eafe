package io.scopegate.authn;

import com.github.benmanes.caffeine.cache.Ticker;
import io.scopegate.authn.SharedLookup.Found;
import io.scopegate.authn.SharedLookup.Outcome;
import io.scopegate.policy.Organization;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.StoreFailure;
import io.scopegate.store.TokenDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The organizations of the store, cached until one of them changes. For sessions that bring their
 * roles along: those of a token come with what its subject holds. Safe from any thread; never
 * blocks.
 */
public final class StoredOrganizations implements Organizations {
  private static final int SIZE = 10_000;
  private static final Answer UNKNOWN = new Unknown();

  private final IdentityStore store;
  private final SharedLookup<String, Optional<Organization>> organizations;

  /**
   * Reads this store, and hears of its changes from now on.
   *
   * @param limits how long what was read counts
   * @param executor where the store is read
   */
  public StoredOrganizations(IdentityStore store, CacheLimits limits, Executor executor) {
    this.store = store;
    this.organizations =
        new SharedLookup<>(
            this::read, executor, SIZE, limits, store::silenceNanos, Ticker.systemTicker());
    store.onChange(new Forgetting());
  }

  private Map<String, Outcome<Optional<Organization>>> read(Set<String> names) {
    long start = Ticker.systemTicker().read();
    Map<String, Outcome<Optional<Organization>>> outcomes = new HashMap<>();
    for (String name : names) {
      try {
        outcomes.put(name, new Found<>(store.organization(name), start));
      } catch (StoreFailure e) {
        outcomes.put(name, SharedLookup.failed());
      }
    }
    return outcomes;
  }

  @Override
  public CompletableFuture<Answer> find(String name) {
    return organizations.find(name).thenApply(StoredOrganizations::answer);
  }

  private static Answer answer(Outcome<Optional<Organization>> outcome) {
    return outcome instanceof Found<Optional<Organization>> found
        ? new Known(found.value())
        : UNKNOWN;
  }

  /** Forgets what a change has made untrue. */
  private final class Forgetting implements IdentityStore.Listener {
    @Override
    public void tokenChanged(TokenDigest digest) {
      // Tokens are no part of an organization.
    }

    @Override
    public void subjectChanged(String subject) {
      // Who holds what there is no part of it either.
    }

    @Override
    public void everythingChanged() {
      organizations.forgetAll();
    }
  }
}
