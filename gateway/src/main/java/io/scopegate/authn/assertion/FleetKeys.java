package io.scopegate.authn.assertion;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.scopegate.store.IdentityStore;
import io.scopegate.store.StoreFailure;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of all gateways of a store: a backend that asks any of them can verify the
 * assertions of each. Private keys stay where they were made. Safe from any thread; only a look at
 * the store blocks.
 */
public final class FleetKeys implements AutoCloseable {
  /** A gateway that has gone is not known any more when its last assertion has long ended. */
  private static final Duration PUBLISHED = Duration.ofHours(2);

  private static final Logger LOG = LoggerFactory.getLogger(FleetKeys.class);

  private final AssertionKeys own;
  private final IdentityStore store;
  private final Clock clock;
  private final ScheduledExecutorService schedule =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "assertion-keys");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Map<String, JWK> others = Map.of();
  private volatile boolean isAway;

  /** What of our own was published last; confined to whoever looks. */
  private Map<String, String> published = Map.of();

  private Instant publishedAt = Instant.MIN;

  /** Publishes these keys in this store, and looks what others have there. */
  public FleetKeys(AssertionKeys own, IdentityStore store, Clock clock) {
    this.own = own;
    this.store = store;
    this.clock = clock;
    look();
  }

  /** Looks once per period from now on. */
  public void start(Duration period) {
    var unused =
        schedule.scheduleWithFixedDelay(
            this::look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Publishes what is new, and takes over what others have published. */
  void look() {
    try {
      lookOnce();
      isAway = false;
    } catch (StoreFailure e) {
      if (!isAway) {
        LOG.warn("cannot share the keys of assertions: {}", e.getMessage());
      }
      isAway = true;
    } catch (RuntimeException e) {
      // A schedule ends with the first exception: sharing must outlive a defect.
      LOG.error("cannot share the keys of assertions", e);
    }
  }

  private synchronized void lookOnce() {
    Instant now = clock.instant();
    Map<String, String> keys = new LinkedHashMap<>();
    own.publicKeys().forEach(key -> keys.put(key.getKeyID(), key.toJSONString()));
    boolean due =
        publishedAt.equals(Instant.MIN) || !now.isBefore(publishedAt.plus(PUBLISHED.dividedBy(2)));
    if (due || !keys.equals(published)) {
      store.publishKeys(keys, now, now.plus(PUBLISHED));
      published = keys;
      publishedAt = now;
    }
    Map<String, JWK> found = new LinkedHashMap<>();
    store
        .publishedKeys(now)
        .forEach(
            (id, text) -> {
              if (!keys.containsKey(id)) {
                add(id, text, found);
              }
            });
    others = Map.copyOf(found);
  }

  private static void add(String id, String text, Map<String, JWK> keys) {
    try {
      JWK key = JWK.parse(text);
      if (key instanceof ECKey && id.equals(key.getKeyID())) {
        keys.put(id, key.toPublicJWK());
        return;
      }
    } catch (ParseException e) {
      // What others have written does not keep us from publishing the rest.
    }
    LOG.warn("the published key `{}` is no key of assertions and is left out", id);
  }

  /** Returns what is published: the public keys of all gateways (RFC 7517 §5). Never blocks. */
  public String published() {
    Map<String, JWK> all = new LinkedHashMap<>(others);
    own.publicKeys().forEach(key -> all.put(key.getKeyID(), key));
    return new JWKSet(List.copyOf(all.values())).toString(true);
  }

  /** Stops looking. */
  @Override
  public void close() {
    schedule.shutdownNow();
  }
}
