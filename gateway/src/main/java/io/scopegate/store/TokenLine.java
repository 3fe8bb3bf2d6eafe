package io.scopegate.store;

import io.scopegate.store.IdentityStore.StoreConflict;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Which token dies with which. Confined to the thread that has the connection. */
final class TokenLine {
  private TokenLine() {}

  /**
   * Lets a token die with the one that rotates it, unless it does already: whoever knows a value
   * only through a token that is revoked must not keep it.
   *
   * @throws StoreConflict if that cannot be without freeing it from another one
   */
  static void adopt(TokenRows rows, StoredToken token, Optional<String> rotator)
      throws SQLException {
    if (rotator.isEmpty()) {
      return;
    }
    Set<String> rotators = of(rows, rotator.get());
    if (rotators.isEmpty()) {
      throw new StoreConflict("the token that rotates it is not in force any more");
    }
    if (of(rows, token.id()).contains(rotator.get())) {
      return;
    }
    if (rotators.contains(token.id()) || !rotators.containsAll(token.parent().stream().toList())) {
      throw new StoreConflict(
          "token `%s` can be rotated by itself, by the token that made it, or by a session"
              .formatted(token.name()));
    }
    rows.adopt(token.id(), rotator.get());
  }

  /** Returns the ids of a token and of those it comes from, the nearest first. */
  private static Set<String> of(TokenRows rows, String id) throws SQLException {
    Set<String> ids = new LinkedHashSet<>();
    Optional<StoredToken> token = rows.byId(id);
    while (token.isPresent() && ids.add(token.get().id())) {
      Optional<String> parent = token.get().parent();
      token = parent.isPresent() ? rows.byId(parent.get()) : Optional.empty();
    }
    return ids;
  }
}
