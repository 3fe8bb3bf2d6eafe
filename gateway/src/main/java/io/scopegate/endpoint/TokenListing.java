package io.scopegate.endpoint;

import io.scopegate.store.StoredToken;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tokens as JSON, without their values. Safe from any thread. */
public final class TokenListing {
  private TokenListing() {}

  /** Returns what is known of each token at this moment. */
  public static List<Map<String, Object>> of(List<StoredToken> tokens, Instant now) {
    return tokens.stream().map(token -> of(token, now)).toList();
  }

  /** Returns what is known of a token at this moment. */
  public static Map<String, Object> of(StoredToken token, Instant now) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", token.id());
    fields.put("subject", token.subject());
    fields.put("name", token.name());
    fields.put("start", token.start());
    fields.put("scopes", token.scopes());
    token.bounds().organization().ifPresent(id -> fields.put("organization", id));
    if (!token.bounds().projects().isEmpty()) {
      fields.put("projects", token.bounds().projects().stream().sorted().toList());
    }
    fields.put("created", token.created().toString());
    token.expires().ifPresent(end -> fields.put("expires", end.toString()));
    token.lastUsed().ifPresent(used -> fields.put("lastUsed", used.toString()));
    token.lastAddress().ifPresent(address -> fields.put("lastAddress", address));
    token
        .overlap()
        .filter(now::isBefore)
        .ifPresent(end -> fields.put("overlapEnds", end.toString()));
    fields.put("expired", token.isExpired(now));
    fields.put("imported", token.imported());
    return fields;
  }
}
