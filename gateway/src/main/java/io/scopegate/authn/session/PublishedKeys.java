package io.scopegate.authn.session;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The keys that an issuer publishes: at a place that is configured, or at the one that its
 * discovery document names (OpenID Connect Discovery 1.0 §4). Safe from any thread; never blocks.
 */
final class PublishedKeys implements KeySource {
  private final IssuerClient client;
  private final String issuer;
  private final boolean discovers;
  private volatile @Nullable URI place;

  /** Fetches from this place, or finds it out if there is none. */
  PublishedKeys(IssuerClient client, String issuer, Optional<URI> place) {
    this.client = client;
    this.issuer = issuer;
    this.discovers = place.isEmpty();
    this.place = place.orElse(null);
  }

  @Override
  public CompletableFuture<SigningKeys> fetch() {
    URI known = place;
    return known == null ? discovered().thenCompose(this::fetch) : fetch(known);
  }

  private CompletableFuture<SigningKeys> fetch(URI from) {
    CompletableFuture<SigningKeys> keys = client.text(from).thenCompose(PublishedKeys::parsed);
    return keys.whenComplete(
        (found, failure) -> {
          // A place that works is kept; one that does not may have moved.
          place = found != null || !discovers ? from : null;
        });
  }

  private static CompletableFuture<SigningKeys> parsed(String text) {
    return SigningKeys.parse(text)
        .map(CompletableFuture::completedFuture)
        .orElseGet(() -> failed("what is published there is no key set"));
  }

  private CompletableFuture<URI> discovered() {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    return client
        .text(URI.create(base + "/.well-known/openid-configuration"))
        .thenCompose(this::placeIn);
  }

  private CompletableFuture<URI> placeIn(String document) {
    Optional<Map<String, Object>> members =
        StrictJson.object(document.getBytes(StandardCharsets.UTF_8));
    if (members.isEmpty() || !issuer.equals(members.get().get("issuer"))) {
      return failed("the discovery document is not of this issuer");
    }
    return members.get().get("jwks_uri") instanceof String text && isSafe(text)
        ? CompletableFuture.completedFuture(URI.create(text))
        : failed("the discovery document names no safe place of keys");
  }

  /** What comes over a wire that others can write to is nobody's key. */
  private static boolean isSafe(String text) {
    try {
      return isSafe(URI.create(text));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Says whether nobody on the way can change what is fetched there. */
  static boolean isSafe(URI url) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(url.getHost());
    boolean here = host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
    return url.getHost() != null
        && url.getRawUserInfo() == null
        && (scheme.equals("https") || (scheme.equals("http") && here));
  }

  private static <T> CompletableFuture<T> failed(String why) {
    return CompletableFuture.failedFuture(new IOException(why));
  }
}
