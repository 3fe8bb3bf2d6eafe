package io.scopegate.endpoint;

import io.scopegate.authn.TokenFormat;
import io.scopegate.policy.Identities;
import io.scopegate.store.NewToken;
import io.scopegate.store.StoredToken;
import io.scopegate.store.TokenDigest;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the values of new tokens and remembers them until they are told, once. Confined to one
 * request.
 */
public final class TokenMint {
  private final TokenFormat format;
  private final Map<Name, String> values = new HashMap<>();

  /** What a token is told apart by among all. */
  private record Name(String subject, String name) {}

  /** Makes values of this form. */
  public TokenMint(TokenFormat format) {
    this.format = format;
  }

  /** Returns the token to keep for an order; one that brings a digest gets no value. */
  public NewToken token(Identities.Token order) {
    if (order.digest().isPresent()) {
      return keep(order, TokenDigest.ofHex(order.digest().get()), "", true);
    }
    String value = format.generate();
    TokenDigest digest = TokenDigest.of(value);
    values.put(new Name(order.subject(), order.name()), value);
    return keep(order, digest, TokenFormat.start(value), false);
  }

  /**
   * Returns what its owner is told of a token that was made here; empty for one that brought a
   * digest.
   */
  public Optional<Map<String, Object>> told(StoredToken token) {
    String value = values.get(new Name(token.subject(), token.name()));
    if (value == null) {
      return Optional.empty();
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", token.id());
    fields.put("subject", token.subject());
    fields.put("name", token.name());
    fields.put("value", value);
    return Optional.of(fields);
  }

  private static NewToken keep(
      Identities.Token order, TokenDigest digest, String start, boolean imported) {
    return new NewToken(
        order.subject(),
        order.name(),
        order.scopes(),
        order.bounds(),
        order.expires(),
        digest,
        start,
        imported);
  }
}
