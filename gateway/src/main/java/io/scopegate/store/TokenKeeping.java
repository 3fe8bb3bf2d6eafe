package io.scopegate.store;

import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Identities;
import io.scopegate.store.IdentityStore.StoreConflict;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** How tokens come into the store, and which may not. Safe from any thread. */
final class TokenKeeping {
  private final Clock clock;
  private final RandomGenerator random;

  TokenKeeping(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  StoredToken create(Sql sql, NewToken token, Effects effects) throws SQLException {
    Names.requireSubject(token.subject());
    TokenRows rows = new TokenRows(sql);
    if (rows.byName(token.subject(), token.name()).isPresent()) {
      throw new StoreConflict(
          "subject `%s` has a token `%s` already".formatted(token.subject(), token.name()));
    }
    requireFree(rows, token.digest(), token.subject(), token.name());
    Optional<String> parent = token.parent();
    if (parent.isPresent() && rows.byId(parent.get()).isEmpty()) {
      throw new StoreConflict("the token that makes it is not in force any more");
    }
    StoredToken stored =
        new StoredToken(
            HexFormat.of().toHexDigits(random.nextLong()),
            token.subject(),
            token.name(),
            token.start(),
            token.scopes(),
            byId(sql, token.bounds()),
            clock.instant(),
            token.expires(),
            Optional.empty(),
            Optional.empty(),
            token.imported(),
            parent,
            Optional.empty());
    rows.insert(stored, token.digest());
    effects.token(token.digest());
    return stored;
  }

  private static void requireFree(TokenRows rows, TokenDigest digest, String subject, String name)
      throws SQLException {
    StoredToken taken = rows.byDigests(List.of(digest)).get(digest);
    if (taken != null) {
      throw new StoreConflict(
          "the digest of token `%s` of subject `%s` is that of token `%s` of subject `%s`"
              .formatted(name, subject, taken.name(), taken.subject()));
    }
  }

  /** Gives a token another value. */
  void rotate(
      TokenRows rows,
      StoredToken token,
      TokenDigest digest,
      String start,
      Instant overlapEnd,
      Effects effects)
      throws SQLException {
    Instant now = clock.instant();
    if (token.isExpired(now)) {
      throw new StoreConflict("token `%s` has ended".formatted(token.name()));
    }
    Optional<Instant> running = token.overlap().filter(now::isBefore);
    if (running.isPresent()) {
      // Two values at most. Ending the older one early would break whoever was promised it.
      throw new StoreConflict(
          "token `%s` was rotated already, and the value before works until %s"
              .formatted(token.name(), running.get()));
    }
    requireFree(rows, digest, token.subject(), token.name());
    rows.digestsOf(token.id()).forEach(effects::token);
    effects.token(digest);
    Instant end = token.expires().filter(overlapEnd::isAfter).orElse(overlapEnd);
    rows.rotate(token.id(), digest, start, end.isAfter(now) ? end : now);
  }

  List<StoredToken> createMissing(
      Sql sql,
      List<Identities.Token> tokens,
      Function<Identities.Token, NewToken> tokenOf,
      Effects effects)
      throws SQLException {
    List<StoredToken> created = new ArrayList<>();
    for (Identities.Token token : tokens) {
      Optional<StoredToken> kept = new TokenRows(sql).byName(token.subject(), token.name());
      if (kept.isEmpty()) {
        created.add(create(sql, tokenOf.apply(token), effects));
      } else if (!isSame(sql, token, kept.get())) {
        throw new StoreConflict(
            "subject `%s` has a token `%s` already, and with other attributes"
                .formatted(token.subject(), token.name()));
      }
    }
    return created;
  }

  private static boolean isSame(Sql sql, Identities.Token token, StoredToken kept)
      throws SQLException {
    Optional<String> digest = token.digest();
    boolean sameSecret =
        digest.isEmpty()
            ? !kept.imported()
            : kept.imported()
                && new TokenRows(sql).digest(kept.id()).equals(TokenDigest.ofHex(digest.get()));
    return sameSecret
        && new TreeSet<>(token.scopes()).equals(new TreeSet<>(kept.scopes()))
        && byId(sql, token.bounds()).equals(kept.bounds())
        && token.expires().equals(kept.expires());
  }

  /** Bounds hold ids: an alias would bind to a place that is never found. */
  private static Bounds byId(Sql sql, Bounds bounds) throws SQLException {
    if (bounds.isEmpty()) {
      return bounds;
    }
    OrganizationRows rows = new OrganizationRows(sql);
    String named = bounds.organization().orElseThrow();
    String organization = rows.idOf(named).orElse(named);
    Set<String> projects = new HashSet<>();
    for (String project : bounds.projects()) {
      projects.add(rows.placeIdOf(organization, Level.PROJECT, project).orElse(project));
    }
    return new Bounds(Optional.of(organization), projects);
  }
}
