package io.scopegate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scopegate.SettableClock;
import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import io.scopegate.policy.Identities;
import io.scopegate.policy.Membership;
import io.scopegate.policy.Organization;
import io.scopegate.policy.Principal;
import io.scopegate.store.IdentityStore.StoreConflict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every identity store promises. */
abstract class IdentityStoreContract {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  final SettableClock clock = new SettableClock(NOW);
  final Told told = new Told();
  private final AtomicInteger made = new AtomicInteger();
  private IdentityStore store;

  abstract IdentityStore open();

  @BeforeEach
  void open_the_store() {
    store = open();
    store.onChange(told);
  }

  @AfterEach
  void close_the_store() {
    store.close();
  }

  /** What a listener heard. */
  static final class Told implements IdentityStore.Listener {
    final List<String> words = new ArrayList<>();

    @Override
    public void tokenChanged(TokenDigest digest) {
      words.add("token " + digest.hex());
    }

    @Override
    public void subjectChanged(String subject) {
      words.add("subject " + subject);
    }

    @Override
    public void everythingChanged() {
      words.add("everything");
    }
  }

  private NewToken token(String subject, String name) {
    return new NewToken(
        subject,
        name,
        List.of("work:read"),
        Bounds.none(),
        Optional.empty(),
        TokenDigest.of("value " + made.incrementAndGet()),
        "sgat_AAAAAA",
        false);
  }

  private NewToken tokenOf(Identities.Token token) {
    Optional<TokenDigest> digest = token.digest().map(TokenDigest::ofHex);
    return new NewToken(
        token.subject(),
        token.name(),
        token.scopes(),
        token.bounds(),
        token.expires(),
        digest.orElseGet(() -> TokenDigest.of("value " + made.incrementAndGet())),
        digest.isPresent() ? "" : "sgat_AAAAAA",
        digest.isPresent());
  }

  private static Identities.Token entry(String subject, String name, String... scopes) {
    return new Identities.Token(
        subject, name, List.of(scopes), Bounds.none(), Optional.empty(), Optional.empty());
  }

  private static Identities.Token withDigest(String subject, String name, TokenDigest digest) {
    return new Identities.Token(
        subject, name, List.of(), Bounds.none(), Optional.empty(), Optional.of(digest.hex()));
  }

  private static Organization organization(String id, Set<String> aliases) {
    return new Organization(
        id,
        aliases,
        Map.of("openMembership", false),
        Map.of(Level.PROJECT, Map.of("DEPLOYER", List.of("artifacts:read"), "IDLE", List.of())),
        Map.of("core", new Organization.Team("core", Set.of("kernel"), Set.of("api"))),
        Map.of(
            "api", new Organization.Project("api", Set.of("1", "2")),
            "web", new Organization.Project("web", Set.of())));
  }

  private static Identities.Entry entry(String id, Set<String> aliases) {
    return new Identities.Entry(
        organization(id, aliases),
        Map.of("alice", Set.of("OWNER"), "bob", Set.of("MEMBER", "BILLING"), "eve", Set.of()),
        Map.of("core", Map.of("bob", Set.of("ADMIN"), "dave", Set.of())),
        Map.of("api", Map.of("carol", Set.of("VIEWER"), "bob", Set.of("MEMBER"))));
  }

  private static Identities organizations(Identities.Entry... entries) {
    return new Identities(List.of(entries), Set.of(), Set.of(), List.of());
  }

  private static Identities tokens(Identities.Token... tokens) {
    return new Identities(List.of(), Set.of(), Set.of(), List.of(tokens));
  }

  private List<StoredToken> load(Identities identities) {
    return store.load(identities, this::tokenOf);
  }

  private Membership onlyMembership(String subject) {
    List<Membership> memberships = store.principal(subject).orElseThrow().memberships();
    assertThat(memberships).hasSize(1);
    return memberships.get(0);
  }

  private Set<String> ownedByCore(String subject) {
    return onlyMembership(subject).organization().team("core").orElseThrow().projects();
  }

  @Test
  void keys_that_are_published_are_there_until_they_end() {
    Instant now = clock.instant();
    store.publishKeys(Map.of("a", "first", "b", "other"), now, now.plusSeconds(60));
    store.publishKeys(Map.of("a", "second"), now, now.plusSeconds(120));
    assertThat(store.publishedKeys(now)).isEqualTo(Map.of("a", "second", "b", "other"));
    assertThat(store.publishedKeys(now.plusSeconds(60))).isEqualTo(Map.of("a", "second"));
    store.publishKeys(Map.of(), now.plusSeconds(60), now.plusSeconds(180));
    assertThat(store.publishedKeys(now)).as("what has ended is not kept").containsOnlyKeys("a");
    assertThat(store.publishedKeys(now.plusSeconds(120))).isEmpty();
  }

  @Test
  void every_subject_holds_what_the_file_says() {
    Identities identities = organizations(entry("acme", Set.of("4711")), entry("globex", Set.of()));

    load(identities);

    for (String subject : List.of("alice", "bob", "carol", "dave", "eve", "stranger")) {
      assertThat(store.principal(subject)).isEqualTo(identities.principal(subject));
    }
    assertThat(store.principal("dave").orElseThrow().memberships())
        .as("a stored membership without a role of its own counts for `onJoin`")
        .hasSize(2);
  }

  @Test
  void each_organization_of_a_file_is_replaced_whole_and_others_are_untouched() {
    load(organizations(entry("acme", Set.of("4711")), entry("globex", Set.of("g"))));
    Optional<Principal> before = store.principal("bob");
    Organization bare = new Organization("acme", Set.of(), Map.of(), Map.of(), Map.of(), Map.of());

    load(
        organizations(
            new Identities.Entry(bare, Map.of("carol", Set.of("OWNER")), Map.of(), Map.of())));

    assertThat(onlyMembership("bob")).isEqualTo(before.orElseThrow().memberships().get(1));
    assertThat(store.principal("carol").orElseThrow().memberships().get(0))
        .isEqualTo(new Membership(bare, Set.of("OWNER"), Map.of(), Map.of()));
  }

  @Test
  void a_name_may_move_from_one_organization_of_a_file_to_another() {
    load(organizations(entry("acme", Set.of("x")), entry("globex", Set.of("y"))));

    load(organizations(entry("acme", Set.of("y")), entry("globex", Set.of("x"))));

    assertThat(store.principal("alice").orElseThrow().memberships())
        .extracting(membership -> membership.organization().aliases())
        .containsExactly(Set.of("y"), Set.of("x"));
  }

  @Test
  void a_name_of_an_organization_outside_the_file_cannot_be_taken() {
    load(organizations(entry("acme", Set.of("4711"))));

    assertThatThrownBy(() -> load(organizations(entry("globex", Set.of("4711")))))
        .isInstanceOf(StoreConflict.class)
        .hasMessage("`4711` cannot name organization `globex`: it names `acme`");
    assertThatThrownBy(() -> load(organizations(entry("4711", Set.of()))))
        .isInstanceOf(StoreConflict.class);
  }

  @Test
  void a_load_is_all_or_nothing() {
    load(organizations(entry("acme", Set.of())));
    TokenDigest digest = TokenDigest.of("an existing secret");
    load(tokens(withDigest("alice", "old", digest)));
    told.words.clear();
    Optional<Principal> before = store.principal("bob");

    assertThatThrownBy(
            () ->
                load(
                    new Identities(
                        List.of(entry("acme", Set.of("new")), entry("globex", Set.of())),
                        Set.of("bob"),
                        Set.of(),
                        List.of(entry("bob", "ci"), withDigest("bob", "stolen", digest)))))
        .isInstanceOf(StoreConflict.class)
        .hasMessage(
            "the digest of token `stolen` of subject `bob` is that of token `old` of subject"
                + " `alice`");

    assertThat(store.principal("bob")).isEqualTo(before);
    assertThat(store.tokens(Optional.of("bob"))).isEmpty();
    assertThat(told.words).isEmpty();
  }

  @Test
  void a_token_that_is_there_with_the_same_attributes_is_kept() {
    Identities.Token full =
        new Identities.Token(
            "bob",
            "ci",
            List.of("b", "a"),
            Bounds.projects("acme", List.of("api")),
            Optional.of(Instant.parse("2020-01-01T00:00:00.000000001Z")),
            Optional.empty());
    Identities file =
        new Identities(
            List.of(entry("acme", Set.of())),
            Set.of(),
            Set.of(),
            List.of(full, withDigest("bob", "old", TokenDigest.of("secret"))));
    List<StoredToken> created = load(file);

    assertThat(created).extracting(StoredToken::name).containsExactly("ci", "old");
    assertThat(load(file)).isEmpty();
    assertThat(store.tokens(Optional.of("bob"))).isEqualTo(created);
    assertThat(created.get(0).isExpired(NOW)).as("born expired").isTrue();
  }

  @Test
  void a_token_that_is_there_with_other_attributes_is_a_conflict() {
    load(tokens(entry("bob", "ci", "work:read"), entry("bob", "empty")));
    Bounds bounds = Bounds.organization("acme");
    Optional<Instant> expires = Optional.of(NOW);

    for (Identities.Token other :
        List.of(
            entry("bob", "ci"),
            entry("bob", "ci", "work:read", "*"),
            new Identities.Token(
                "bob", "ci", List.of("work:read"), bounds, Optional.empty(), Optional.empty()),
            new Identities.Token(
                "bob", "ci", List.of("work:read"), Bounds.none(), expires, Optional.empty()),
            withDigest("bob", "empty", TokenDigest.of("x")))) {
      assertThatThrownBy(() -> load(tokens(other)))
          .isInstanceOf(StoreConflict.class)
          .hasMessageEndingWith("already, and with other attributes");
    }
  }

  @Test
  void a_bound_of_a_token_is_kept_by_id_even_if_an_alias_names_it() {
    load(organizations(entry("acme", Set.of("4711"))));
    Identities.Token token =
        new Identities.Token(
            "bob",
            "ci",
            List.of(),
            Bounds.projects("4711", List.of("2")),
            Optional.empty(),
            Optional.empty());

    assertThat(load(tokens(token)).get(0).bounds())
        .isEqualTo(Bounds.projects("acme", List.of("api")));
    assertThat(load(tokens(token))).as("the same").isEmpty();
  }

  @Test
  void tokens_are_never_removed_by_omission() {
    load(
        new Identities(
            List.of(entry("acme", Set.of())), Set.of(), Set.of(), List.of(entry("bob", "ci"))));

    load(organizations(entry("acme", Set.of())));

    assertThat(store.tokens(Optional.empty())).extracting(StoredToken::name).containsExactly("ci");
  }

  @Test
  void a_created_token_is_found_by_its_digest_and_told() {
    NewToken token =
        new NewToken(
            "bob",
            "ci",
            List.of("work:write", "work:read"),
            Bounds.projects("acme", List.of("web", "api")),
            Optional.of(NOW.plusSeconds(1)),
            TokenDigest.of("a"),
            "sgat_Abcdef",
            false);

    StoredToken stored = store.create(token);

    assertThat(store.token(token.digest())).contains(stored);
    assertThat(store.token(TokenDigest.of("b"))).isEmpty();
    assertThat(stored.id()).hasSize(16);
    assertThat(stored)
        .isEqualTo(
            new StoredToken(
                stored.id(),
                "bob",
                "ci",
                "sgat_Abcdef",
                List.of("work:write", "work:read"),
                token.bounds(),
                NOW,
                token.expires(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty()));
    assertThat(store.token(stored.id())).contains(stored);
    assertThat(store.token("no-such-token")).isEmpty();
    assertThat(told.words).containsExactly("token " + token.digest().hex());
  }

  @Test
  void a_name_or_digest_that_is_taken_is_a_conflict() {
    NewToken first = token("bob", "ci");
    store.create(first);

    assertThatThrownBy(() -> store.create(token("bob", "ci")))
        .isInstanceOf(StoreConflict.class)
        .hasMessage("subject `bob` has a token `ci` already");
    assertThatThrownBy(() -> load(tokens(withDigest("bob", "same-secret", first.digest()))))
        .isInstanceOf(StoreConflict.class);
    assertThat(store.create(token("alice", "ci")).subject()).isEqualTo("alice");
  }

  @Test
  void a_revoked_token_is_gone_and_told() {
    NewToken token = token("bob", "ci");
    String id = store.create(token).id();
    told.words.clear();

    assertThat(store.revoke(id)).isTrue();
    assertThat(store.revoke(id)).isFalse();

    assertThat(store.token(token.digest())).isEmpty();
    assertThat(told.words).containsExactly("token " + token.digest().hex());
  }

  @Test
  void what_a_token_made_dies_with_it_and_with_nothing_else() {
    NewToken parent = token("bob", "parent");
    String id = store.create(parent).id();
    NewToken child = token("bob", "child").madeBy(id);
    StoredToken kept = store.create(child);
    NewToken grandchild = token("bob", "grandchild").madeBy(kept.id());
    store.create(grandchild);
    NewToken stranger = token("bob", "stranger");
    store.create(stranger);
    assertThat(kept.parent()).contains(id);
    assertThat(store.token(child.digest())).contains(kept);
    told.words.clear();

    assertThat(store.revoke(id)).isTrue();

    assertThat(store.tokens(Optional.of("bob")))
        .extracting(StoredToken::name)
        .containsExactly("stranger");
    assertThat(told.words)
        .containsExactlyInAnyOrder(
            "token " + parent.digest().hex(),
            "token " + child.digest().hex(),
            "token " + grandchild.digest().hex());
  }

  @Test
  void a_token_that_is_gone_makes_no_other() {
    String id = store.create(token("bob", "parent")).id();
    store.revoke(id);

    NewToken child = token("bob", "child").madeBy(id);

    assertThatThrownBy(() -> store.create(child)).isInstanceOf(StoreConflict.class);
    assertThat(store.tokens(Optional.empty())).isEmpty();
  }

  @Test
  void it_knows_whether_any_token_came_as_a_digest() {
    store.create(token("bob", "ci"));
    assertThat(store.hasImportedTokens()).isFalse();

    String id = load(tokens(withDigest("bob", "old", TokenDigest.of("secret")))).get(0).id();
    assertThat(store.hasImportedTokens()).isTrue();

    store.revoke(id);
    assertThat(store.hasImportedTokens()).isFalse();
  }

  @Test
  void the_last_use_never_goes_back_and_nobody_is_told() {
    StoredToken token = store.create(token("bob", "ci"));
    told.words.clear();

    TokenUse use = new TokenUse(NOW, "192.0.2.7");
    store.used(Map.of(token.id(), use, "no-such-token", use));
    store.used(Map.of(token.id(), new TokenUse(NOW.minusSeconds(1), "192.0.2.8")));

    StoredToken used = store.tokens(Optional.of("bob")).get(0);
    assertThat(used.lastUsed()).contains(NOW);
    assertThat(used.lastAddress()).contains("192.0.2.7");
    assertThat(told.words).isEmpty();

    store.used(Map.of(token.id(), new TokenUse(NOW.plusSeconds(1), "")));
    assertThat(store.tokens(Optional.of("bob")).get(0).lastAddress()).isEmpty();
  }

  @Test
  void both_values_of_a_rotated_token_work_until_the_overlap_ends() {
    NewToken first = token("bob", "ci");
    StoredToken before = store.create(first);
    TokenDigest second = TokenDigest.of("second");
    Instant end = NOW.plusSeconds(60);
    told.words.clear();

    StoredToken rotated = store.rotate(before.id(), second, "sgat_BBBBBB", end).orElseThrow();

    assertThat(rotated.id()).isEqualTo(before.id());
    assertThat(rotated.name()).isEqualTo("ci");
    assertThat(rotated.start()).isEqualTo("sgat_BBBBBB");
    assertThat(rotated.overlap()).contains(end);
    assertThat(store.token(second)).contains(rotated);
    StoredToken former = store.token(first.digest()).orElseThrow();
    assertThat(former.id()).isEqualTo(before.id());
    assertThat(former.isExpired(end.minusMillis(1))).isFalse();
    assertThat(former.isExpired(end)).isTrue();
    assertThat(rotated.isExpired(end)).isFalse();
    assertThat(told.words)
        .containsExactlyInAnyOrder("token " + first.digest().hex(), "token " + second.hex());
    assertThat(store.tokens(Set.of(first.digest(), second, TokenDigest.of("third"))))
        .isEqualTo(Map.of(first.digest(), former, second, rotated));
  }

  @Test
  void the_overlap_of_a_rotation_never_outlives_the_token() {
    NewToken first =
        new NewToken(
            "bob",
            "ci",
            List.of(),
            Bounds.none(),
            Optional.of(NOW.plusSeconds(10)),
            TokenDigest.of("first"),
            "",
            false);
    String id = store.create(first).id();

    store.rotate(id, TokenDigest.of("second"), "", NOW.plusSeconds(60));

    assertThat(store.token(first.digest()).orElseThrow().expires())
        .isEqualTo(first.expires())
        .isEqualTo(store.token(TokenDigest.of("second")).orElseThrow().expires());
  }

  @Test
  void a_token_never_has_more_than_two_values() {
    NewToken first = token("bob", "ci");
    String id = store.create(first).id();
    store.rotate(id, TokenDigest.of("second"), "", NOW.plusSeconds(60));

    assertThatThrownBy(() -> store.rotate(id, TokenDigest.of("third"), "", NOW.plusSeconds(90)))
        .isInstanceOf(StoreConflict.class)
        .hasMessage(
            "token `ci` was rotated already, and the value before works until"
                + " 2026-11-21T12:01:00Z");
    clock.advance(Duration.ofSeconds(60));
    store.rotate(id, TokenDigest.of("third"), "", NOW.plusSeconds(90));

    assertThat(store.token(first.digest())).isEmpty();
    assertThat(store.token(TokenDigest.of("second"))).isPresent();
    assertThat(store.token(TokenDigest.of("third"))).isPresent();
  }

  @Test
  void without_an_overlap_the_value_before_ends_at_once() {
    NewToken first = token("bob", "ci");
    String id = store.create(first).id();

    store.rotate(id, TokenDigest.of("second"), "", NOW.minusSeconds(5));
    assertThat(store.token(first.digest()).orElseThrow().isExpired(NOW)).isTrue();
    store.rotate(id, TokenDigest.of("third"), "", NOW.minusSeconds(5));

    assertThat(store.token(first.digest())).isEmpty();
    assertThat(store.rotate("no-such-token", TokenDigest.of("x"), "", NOW)).isEmpty();
  }

  @Test
  void a_value_that_was_given_before_is_given_to_no_other_token() {
    NewToken first = token("bob", "ci");
    String id = store.create(first).id();
    NewToken other = token("alice", "other");
    store.create(other);
    assertThatThrownBy(() -> store.rotate(id, other.digest(), "", NOW.plusSeconds(60)))
        .isInstanceOf(StoreConflict.class);
    store.rotate(id, TokenDigest.of("second"), "", NOW.plusSeconds(60));

    assertThatThrownBy(() -> load(tokens(withDigest("alice", "stolen", first.digest()))))
        .isInstanceOf(StoreConflict.class);
  }

  @Test
  void a_token_that_has_ended_is_not_rotated() {
    NewToken first =
        new NewToken(
            "bob",
            "ci",
            List.of(),
            Bounds.none(),
            Optional.of(NOW),
            TokenDigest.of("first"),
            "",
            false);
    String id = store.create(first).id();

    assertThatThrownBy(() -> store.rotate(id, TokenDigest.of("x"), "", NOW.plusSeconds(60)))
        .isInstanceOf(StoreConflict.class)
        .hasMessage("token `ci` has ended");
    assertThat(store.token(TokenDigest.of("x"))).isEmpty();
  }

  private Optional<StoredToken> rotate(String id, String rotator) {
    return store.rotate(
        id,
        TokenDigest.of("value " + made.incrementAndGet()),
        "",
        NOW.minusSeconds(1),
        Optional.of(rotator));
  }

  @Test
  void a_token_dies_with_the_one_that_rotated_it() {
    String maker = store.create(token("bob", "maker")).id();
    String rotator = store.create(token("bob", "rotator").madeBy(maker)).id();
    String plain = store.create(token("bob", "plain")).id();
    String sibling = store.create(token("bob", "sibling").madeBy(maker)).id();

    assertThat(rotate(plain, rotator).orElseThrow().parent()).contains(rotator);
    assertThat(rotate(sibling, rotator).orElseThrow().parent()).contains(rotator);
    assertThat(rotate(sibling, maker).orElseThrow().parent())
        .as("dies with the maker already")
        .contains(rotator);
    assertThat(rotate(rotator, rotator).orElseThrow().parent()).contains(maker);
    store.create(token("bob", "other"));
    store.revoke(rotator);

    assertThat(store.tokens(Optional.of("bob")))
        .extracting(StoredToken::name)
        .containsExactly("maker", "other");
  }

  @Test
  void a_token_rotates_none_that_would_be_freed_from_another() {
    String maker = store.create(token("bob", "maker")).id();
    String child = store.create(token("bob", "child").madeBy(maker)).id();
    String stranger = store.create(token("bob", "stranger")).id();

    for (String[] pair : new String[][] {{maker, child}, {child, stranger}}) {
      assertThatThrownBy(() -> rotate(pair[0], pair[1]))
          .isInstanceOf(StoreConflict.class)
          .hasMessageEndingWith(
              "can be rotated by itself, by the token that made it, or by a session");
    }
    assertThatThrownBy(() -> rotate(stranger, "revoked"))
        .isInstanceOf(StoreConflict.class)
        .hasMessage("the token that rotates it is not in force any more");

    assertThat(store.tokens(Optional.empty())).allMatch(one -> one.overlap().isEmpty());
  }

  @Test
  void where_projects_tell_the_organization_no_two_of_the_store_have_one_name() {
    store.load(organizations(entry("acme", Set.of())), ProjectNames.OF_STORE, this::tokenOf);
    told.words.clear();

    for (String taken : List.of("api", "1")) {
      for (Runnable change :
          List.<Runnable>of(
              () ->
                  store.putMember(
                      "globex",
                      Level.PROJECT,
                      taken,
                      "bob",
                      Set.of("MEMBER"),
                      ProjectNames.OF_STORE),
              () -> store.putTeamProject("globex", "core", taken, ProjectNames.OF_STORE))) {
        assertThatThrownBy(change::run)
            .isInstanceOf(StoreConflict.class)
            .hasMessage(
                "`"
                    + taken
                    + "` cannot name a project of organization `globex`: it names one of `acme`, and"
                    + " routes learn the organization from the project");
      }
    }
    assertThatThrownBy(
            () ->
                store.load(
                    organizations(entry("globex", Set.of())), ProjectNames.OF_STORE, this::tokenOf))
        .isInstanceOf(StoreConflict.class)
        .hasMessageStartingWith("`1` cannot name a project of organization `globex`");

    assertThat(store.organization("globex")).isEmpty();
    assertThat(told.words).isEmpty();
    store.putMember("acme", Level.PROJECT, "1", "bob", Set.of("VIEWER"), ProjectNames.OF_STORE);
    store.putTeamProject("globex", "api", "new", ProjectNames.OF_STORE);
    store.load(organizations(entry("acme", Set.of())), ProjectNames.OF_STORE, this::tokenOf);
    store.putMember(
        "globex", Level.PROJECT, "api", "bob", Set.of("MEMBER"), ProjectNames.OF_ORGANIZATION);
    assertThat(store.organization("globex").orElseThrow().projects())
        .containsOnlyKeys("api", "new");
  }

  @Test
  void a_revoked_token_takes_both_its_values_and_what_it_made_along() {
    NewToken first = token("bob", "ci");
    String id = store.create(first).id();
    TokenDigest second = TokenDigest.of("second");
    store.rotate(id, second, "", NOW.plusSeconds(60));
    NewToken child = token("bob", "child").madeBy(id);
    store.create(child);
    told.words.clear();

    assertThat(store.revoke(id)).isTrue();

    assertThat(store.tokens(Set.of(first.digest(), second, child.digest()))).isEmpty();
    assertThat(told.words)
        .containsExactlyInAnyOrder(
            "token " + first.digest().hex(),
            "token " + second.hex(),
            "token " + child.digest().hex());
  }

  @Test
  void all_tokens_of_a_subject_are_revoked_at_once() {
    List<NewToken> tokens = List.of(token("bob", "a"), token("bob", "b"), token("bob", "c"));
    tokens.forEach(store::create);
    NewToken other = token("alice", "a");
    store.create(other);
    told.words.clear();

    assertThat(store.revokeAll("bob")).isEqualTo(3);
    assertThat(store.revokeAll("bob")).isZero();

    assertThat(store.tokens(Optional.empty()))
        .extracting(StoredToken::subject)
        .containsOnly("alice");
    assertThat(told.words)
        .containsExactlyInAnyOrderElementsOf(
            tokens.stream().map(token -> "token " + token.digest().hex()).toList());
  }

  @Test
  void leaked_values_are_revoked_and_told_apart_from_unknown_ones() {
    NewToken leaked = token("bob", "leaked");
    StoredToken kept = store.create(leaked);
    NewToken rotated = token("alice", "rotated");
    String id = store.create(rotated).id();
    store.rotate(id, TokenDigest.of("second"), "", NOW.plusSeconds(60));
    store.create(token("carol", "other"));
    told.words.clear();

    Map<TokenDigest, StoredToken> revoked =
        store.revoke(Set.of(leaked.digest(), rotated.digest(), TokenDigest.of("never a token")));

    assertThat(revoked).containsOnlyKeys(leaked.digest(), rotated.digest());
    assertThat(revoked.get(leaked.digest())).isEqualTo(kept);
    assertThat(revoked.values()).extracting(StoredToken::id).contains(id);
    assertThat(store.tokens(Optional.empty()))
        .extracting(StoredToken::name)
        .containsExactly("other");
    assertThat(told.words).hasSize(3).contains("token " + TokenDigest.of("second").hex());
  }

  @Test
  void many_tokens_and_subjects_are_read_at_once() {
    load(organizations(entry("acme", Set.of())));
    Map<TokenDigest, StoredToken> expected = new HashMap<>();
    List<Identities.Token> file = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      file.add(withDigest("bob", "token " + i, TokenDigest.of("secret " + i)));
    }
    load(tokens(file.toArray(Identities.Token[]::new)))
        .forEach(
            token -> expected.put(TokenDigest.of(token.name().replace("token", "secret")), token));
    store.putSubject("alice", true);
    Set<TokenDigest> asked = new HashSet<>(expected.keySet());
    asked.add(TokenDigest.of("unknown"));

    assertThat(store.tokens(asked)).isEqualTo(expected);
    assertThat(store.tokens(Set.of())).isEmpty();
    assertThat(store.principals(Set.of("alice", "bob", "stranger")))
        .isEqualTo(
            Map.of(
                "alice", Optional.empty(),
                "bob", store.principal("bob"),
                "stranger", Optional.of(new Principal("stranger", List.of()))));
  }

  @Test
  void tokens_are_listed_by_subject_and_name() {
    store.create(token("bob", "b"));
    store.create(token("alice", "c"));
    store.create(token("bob", "a"));

    assertThat(store.tokens(Optional.empty()))
        .extracting(token -> token.subject() + "/" + token.name())
        .containsExactly("alice/c", "bob/a", "bob/b");
    assertThat(store.tokens(Optional.of("bob")))
        .extracting(StoredToken::name)
        .containsExactly("a", "b");
  }

  @Test
  void a_member_is_put_at_a_place_that_is_made_if_it_is_not_there() {
    store.putMember("acme", Level.ORGANIZATION, "acme", "bob", Set.of("MEMBER"));
    store.putMember("acme", Level.TEAM, "core", "bob", Set.of("ADMIN"));
    store.putMember("acme", Level.PROJECT, "api", "bob", Set.of("VIEWER"));
    store.putMember("acme", Level.PROJECT, "api", "bob", Set.of("MEMBER", "VIEWER"));

    Membership membership = onlyMembership("bob");
    assertThat(membership.roles()).containsExactly("MEMBER");
    assertThat(membership.teams()).isEqualTo(Map.of("core", Set.of("ADMIN")));
    assertThat(membership.projects()).isEqualTo(Map.of("api", Set.of("MEMBER", "VIEWER")));
    assertThat(membership.organization().teams()).containsOnlyKeys("core");
    assertThat(membership.organization().projects()).containsOnlyKeys("api");
    assertThat(told.words).containsExactly("everything", "everything", "everything", "subject bob");
  }

  @Test
  void single_changes_take_aliases_for_what_they_name() {
    load(organizations(entry("acme", Set.of("4711"))));

    store.putMember("4711", Level.ORGANIZATION, "4711", "frank", Set.of("MEMBER"));
    store.putMember("4711", Level.TEAM, "kernel", "frank", Set.of("ADMIN"));
    store.putTeamProject("4711", "kernel", "web");

    Membership membership = onlyMembership("frank");
    assertThat(membership.organization().id()).isEqualTo("acme");
    assertThat(membership.teams()).containsOnlyKeys("core");
    assertThat(ownedByCore("frank")).containsExactlyInAnyOrder("api", "web");
    assertThat(store.removeMember("4711", Level.TEAM, "kernel", "frank")).isTrue();
    assertThat(store.removeTeamProject("4711", "kernel", "1")).isTrue();
    assertThat(ownedByCore("frank")).containsExactly("web");
  }

  @Test
  void what_is_taken_from_a_member_is_gone_and_told() {
    load(organizations(entry("acme", Set.of())));
    told.words.clear();

    assertThat(store.removeMember("acme", Level.PROJECT, "api", "carol")).isTrue();
    assertThat(store.removeMember("acme", Level.PROJECT, "api", "carol")).isFalse();
    assertThat(store.removeMember("acme", Level.TEAM, "no-team", "carol")).isFalse();
    assertThat(store.removeMember("nowhere", Level.ORGANIZATION, "nowhere", "carol")).isFalse();

    assertThat(store.principal("carol").orElseThrow().memberships()).isEmpty();
    assertThat(told.words).startsWith("subject carol");
  }

  @Test
  void a_team_owns_a_project_until_it_does_not() {
    load(organizations(entry("acme", Set.of())));
    told.words.clear();

    store.putTeamProject("acme", "core", "web");
    assertThat(ownedByCore("alice")).containsExactlyInAnyOrder("api", "web");
    assertThat(store.removeTeamProject("acme", "core", "web")).isTrue();
    assertThat(store.removeTeamProject("acme", "core", "web")).isFalse();
    assertThat(ownedByCore("alice")).containsExactly("api");
    assertThat(told.words).contains("everything");
  }

  @Test
  void a_disabled_subject_holds_nothing_until_it_is_enabled() {
    load(
        new Identities(
            List.of(entry("acme", Set.of())), Set.of("bob"), Set.of("alice"), List.of()));
    assertThat(store.principal("bob")).isEmpty();
    assertThat(store.principal("alice")).isPresent();
    told.words.clear();

    store.putSubject("bob", false);
    assertThat(onlyMembership("bob").roles()).containsExactlyInAnyOrder("MEMBER", "BILLING");
    store.putSubject("bob", true);

    assertThat(store.principal("bob")).isEmpty();
    assertThat(told.words).containsExactly("subject bob", "subject bob");
  }

  @Test
  void a_removed_subject_leaves_no_membership_and_no_token() {
    load(organizations(entry("acme", Set.of())));
    NewToken token = token("bob", "ci");
    store.create(token);
    told.words.clear();

    assertThat(store.removeSubject("bob")).isTrue();
    assertThat(store.removeSubject("bob")).isFalse();

    assertThat(store.principal("bob").orElseThrow().memberships()).isEmpty();
    assertThat(store.token(token.digest())).isEmpty();
    assertThat(told.words).contains("subject bob", "token " + token.digest().hex());
  }

  @Test
  void names_that_break_the_rules_are_refused() {
    for (String bad : List.of("", "a b", "a\nb", "ä", "a,b", "a/b")) {
      assertThatThrownBy(
              () -> store.putMember(bad, Level.ORGANIZATION, bad, "bob", Set.of("MEMBER")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("`" + bad + "` is no organization id");
    }
    for (String bad : List.of("", "a b", "a".repeat(256))) {
      assertThatThrownBy(() -> store.putMember("acme", Level.TEAM, "core", bad, Set.of("MEMBER")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.putSubject(bad, false))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.create(token(bad, "ci")))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(
            () -> store.putMember("acme", Level.TEAM, "core", "bob", Set.of("OWNER", "*")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("`*` is no role");
    assertThat(store.principal("bob").orElseThrow().memberships()).isEmpty();
  }
}
