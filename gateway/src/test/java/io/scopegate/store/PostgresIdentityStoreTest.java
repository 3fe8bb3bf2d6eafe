package io.scopegate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresIdentityStoreTest extends IdentityStoreContract {
  private static final Duration PERIOD = Duration.ofMillis(200);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final String WIPE =
      "TRUNCATE organization, organization_name, place_name, ownership, membership, subject, token,"
          + " change";

  private static PostgresAccess access;

  @BeforeAll
  static void make_the_database() {
    access = PostgresServer.database();
    new PostgresIdentityStore(access, NEVER, Clock.systemUTC(), new Random()).close();
  }

  @Override
  IdentityStore open() {
    PostgresServer.execute(access, WIPE);
    return another(NEVER);
  }

  private PostgresIdentityStore another(Duration period) {
    return new PostgresIdentityStore(access, period, clock, new Random());
  }

  /** A listener of another gateway. */
  private static class Heard implements IdentityStore.Listener {
    final BlockingQueue<String> words = new LinkedBlockingQueue<>();

    @Override
    public void tokenChanged(TokenDigest digest) {
      words.add("token");
    }

    @Override
    public void subjectChanged(String subject) {
      words.add("subject " + subject);
    }

    @Override
    public void everythingChanged() {
      words.add("everything");
    }

    @Override
    public void changesMissed() {
      words.add("missed");
    }

    String next() throws InterruptedException {
      return String.valueOf(words.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void a_change_through_one_gateway_is_told_to_the_others_and_once_to_its_own() throws Exception {
    try (IdentityStore one = another(PERIOD);
        IdentityStore other = another(PERIOD)) {
      Heard own = new Heard();
      Heard heard = new Heard();
      one.onChange(own);
      other.onChange(heard);

      one.putSubject("bob", true);
      assertThat(own.words).containsExactly("subject bob");
      assertThat(heard.next()).isEqualTo("subject bob");
      assertThat(other.principal("bob")).isEmpty();

      one.putMember("acme", Level.ORGANIZATION, "acme", "carol", Set.of("OWNER"));
      assertThat(heard.next()).isEqualTo("everything");
      one.putSubject("dave", true);
      assertThat(own.words).last().isEqualTo("subject dave");
    }
  }

  @Test
  void numbers_become_visible_in_their_order_although_a_writer_is_held_open() throws Exception {
    try (IdentityStore gateway = another(PERIOD);
        IdentityStore other = another(PERIOD);
        Connection held = PostgresServer.connect(access)) {
      Heard heard = new Heard();
      other.onChange(heard);
      held.setAutoCommit(false);
      Sql sql = new Sql(held);
      sql.execute("SELECT number FROM change_number FOR UPDATE");
      sql.execute("UPDATE change_number SET number = number + 1");
      sql.execute(
          "INSERT INTO change (number, origin, kind, name)"
              + " SELECT number, 'held', 'subject', 'first' FROM change_number");

      CompletableFuture<Void> second =
          CompletableFuture.runAsync(() -> gateway.putSubject("second", true));
      // The other gateway looks several times meanwhile.
      assertThat(heard.words.poll(3 * PERIOD.toMillis(), TimeUnit.MILLISECONDS)).isNull();
      assertThat(second).isNotDone();
      held.commit();
      second.join();

      assertThat(heard.next()).isEqualTo("subject first");
      assertThat(heard.next()).isEqualTo("subject second");
    }
  }

  @Test
  void a_change_that_a_listener_fails_on_is_told_again() throws Exception {
    try (IdentityStore one = another(PERIOD);
        IdentityStore other = another(PERIOD)) {
      AtomicBoolean fails = new AtomicBoolean(true);
      Heard heard =
          new Heard() {
            @Override
            public void subjectChanged(String subject) {
              if (fails.getAndSet(false)) {
                throw new IllegalStateException("a defect");
              }
              super.subjectChanged(subject);
            }
          };
      other.onChange(heard);

      one.putSubject("bob", true);
      assertThat(heard.next()).isEqualTo("subject bob");
      one.putSubject("carol", true);
      assertThat(heard.next()).isEqualTo("subject carol");
    }
  }

  /** Writes a change as another gateway would, and tells nobody. */
  private void write(String origin, String kind, String name) throws Exception {
    PostgresServer.execute(
        access,
        "WITH next AS (UPDATE change_number SET number = number + 1 RETURNING number)"
            + " INSERT INTO change (number, origin, kind, name)"
            + " SELECT number, '%s', '%s', '%s' FROM next".formatted(origin, kind, name));
  }

  @Test
  void a_change_of_no_token_makes_everything_be_read_again() throws Exception {
    try (IdentityStore one = another(PERIOD);
        IdentityStore other = another(PERIOD)) {
      Heard heard = new Heard();
      other.onChange(heard);

      write("other", "token", "no digest");
      assertThat(heard.next()).isEqualTo("missed");
      one.putSubject("bob", true);
      assertThat(heard.next()).isEqualTo("subject bob");
    }
  }

  @Test
  void a_notification_is_only_a_hint() throws Exception {
    try (IdentityStore other = another(PERIOD)) {
      Heard heard = new Heard();
      other.onChange(heard);

      PostgresServer.execute(access, "NOTIFY scopegate_change");
      write("silent", "subject", "quiet");

      assertThat(heard.next()).isEqualTo("subject quiet");
    }
  }

  @Test
  void what_was_changed_while_the_connection_was_gone_is_told_after_it() throws Exception {
    try (IdentityStore gateway = another(PERIOD);
        IdentityStore other = another(PERIOD)) {
      Heard heard = new Heard();
      other.onChange(heard);

      for (int i = 0; i < 5; i++) {
        PostgresServer.execute(
            access,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND query ILIKE '%change_number%'"
                + " AND pid <> pg_backend_pid()");
        String subject = "subject" + i;
        CompletableFuture.runAsync(() -> gateway.putSubject(subject, true))
            .exceptionally(failure -> null)
            .join();
        gateway.putSubject(subject, true);
        // The first writing may have worked, too, and may be told twice.
        String word = heard.next();
        while (!word.equals("subject " + subject)) {
          assertThat(word).startsWith("subject subject");
          word = heard.next();
        }
      }
    }
  }

  @Test
  void a_gap_or_an_older_state_is_told_as_missed() throws Exception {
    try (IdentityStore gateway = another(PERIOD);
        IdentityStore other = another(PERIOD)) {
      gateway.putSubject("bob", true);
      Heard heard = new Heard();
      other.onChange(heard);
      heard.words.poll(2 * PERIOD.toMillis(), TimeUnit.MILLISECONDS);
      heard.words.clear();

      PostgresServer.execute(access, "UPDATE change_number SET number = number - 1");
      assertThat(heard.next()).isEqualTo("missed");
      PostgresServer.execute(
          access, "UPDATE change_number SET number = number + 10, pruned = number + 9");
      assertThat(heard.next()).isEqualTo("missed");
      PostgresServer.execute(access, "UPDATE change_number SET store = 'another'");
      assertThat(heard.next()).isEqualTo("missed");
      assertThat(other.silenceNanos()).isLessThan(Duration.ofSeconds(5).toNanos());
    }
  }

  @Test
  void whether_there_are_imported_tokens_is_known_to_all() throws Exception {
    try (IdentityStore gateway = another(PERIOD);
        IdentityStore other = another(PERIOD)) {
      Heard heard = new Heard();
      other.onChange(heard);
      NewToken token =
          new NewToken(
              "bob",
              "old",
              List.of(),
              Bounds.none(),
              Optional.empty(),
              TokenDigest.of("an old secret"),
              "",
              true);

      String id = gateway.create(token).id();
      assertThat(gateway.hasImportedTokens()).isTrue();
      assertThat(heard.next()).isEqualTo("token");
      gateway.revoke(id);
      assertThat(heard.next()).isEqualTo("token");
      assertThat(gateway.hasImportedTokens()).isFalse();
    }
  }

  @Test
  void tables_of_a_newer_program_are_refused() {
    PostgresAccess newer = PostgresServer.database();
    new PostgresIdentityStore(newer, NEVER, clock, new Random()).close();
    PostgresServer.execute(
        newer,
        "INSERT INTO schema_history SELECT 99, '99', 'later', type, script, checksum, installed_by,"
            + " now(), 1, true FROM schema_history WHERE version = '1'");

    assertThatThrownBy(() -> new PostgresIdentityStore(newer, NEVER, clock, new Random()))
        .isInstanceOf(StoreFailure.class)
        .hasMessage("the shared store has schema version 99: it was written by a newer program");
  }

  @Test
  void a_server_that_is_not_there_is_told_at_the_start() {
    PostgresAccess nobody =
        new PostgresAccess(
            "jdbc:postgresql://127.0.0.1:1/x", Optional.empty(), Optional.empty(), 1);

    assertThatThrownBy(() -> new PostgresIdentityStore(nobody, NEVER, clock, new Random()))
        .isInstanceOf(StoreFailure.class)
        .hasMessageStartingWith("cannot open the shared store: ");
  }

  @Test
  void a_closed_store_says_so() {
    IdentityStore store = another(NEVER);
    store.close();

    assertThatThrownBy(() -> store.putSubject("bob", true)).isInstanceOf(StoreFailure.class);
    assertThatThrownBy(() -> store.token(TokenDigest.of("x"))).isInstanceOf(StoreFailure.class);
  }
}
