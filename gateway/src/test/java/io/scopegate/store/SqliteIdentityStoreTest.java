package io.scopegate.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scopegate.permission.Level;
import io.scopegate.policy.Bounds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteIdentityStoreTest extends IdentityStoreContract {
  @TempDir Path folder;

  @Override
  IdentityStore open() {
    return openIn(folder.resolve("data"));
  }

  private IdentityStore openIn(Path data) {
    return new SqliteIdentityStore(data, clock, new Random());
  }

  private static NewToken token(String name) {
    return new NewToken(
        "bob",
        name,
        List.of(),
        Bounds.none(),
        Optional.empty(),
        TokenDigest.of(name),
        "sgat_AAAAAA",
        false);
  }

  @Test
  void everything_is_there_after_a_restart() {
    Path data = folder.resolve("other");
    StoredToken token;
    try (IdentityStore store = openIn(data)) {
      store.putMember("acme", Level.TEAM, "core", "bob", Set.of("ADMIN"));
      store.putTeamProject("acme", "core", "api");
      store.putSubject("dave", true);
      token = store.create(token("ci"));
    }

    try (IdentityStore store = openIn(data)) {
      assertThat(store.tokens(Optional.empty())).containsExactly(token);
      assertThat(store.principal("dave")).isEmpty();
      assertThat(store.principal("bob").orElseThrow().memberships().get(0).organization().teams())
          .containsOnlyKeys("core");
    }
  }

  @Test
  void nobody_else_can_read_its_files() throws IOException {
    Path data = folder.resolve("data");
    try (Stream<Path> files = Files.list(data)) {
      assertThat(files)
          .hasSizeGreaterThanOrEqualTo(3)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
  }

  @Test
  void a_second_opening_is_refused_while_the_first_lasts() {
    Path data = folder.resolve("data");

    assertThatThrownBy(() -> openIn(data))
        .isInstanceOf(StoreFailure.class)
        .hasMessage("the store in `" + data + "` is in use by another process; stop it first");
  }

  @Test
  void another_process_cannot_open_it() throws Exception {
    Process other = child(folder.resolve("data"));

    assertThat(other.waitFor()).isNotZero();
    assertThat(new String(other.getErrorStream().readAllBytes(), UTF_8))
        .contains("is in use by another process");
  }

  @Test
  void a_file_of_a_newer_program_is_refused_and_left_alone() throws Exception {
    Path data = folder.resolve("newer");
    openIn(data).close();
    String url = "jdbc:sqlite:" + data.resolve("identities.db");
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute("UPDATE schema_version SET version = 1000");
    }

    assertThatThrownBy(() -> openIn(data))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("has schema version 1000, this program knows up to 4");
    assertThatThrownBy(() -> openIn(data))
        .as("the refusal gives the lock back")
        .hasMessageContaining("schema version");
  }

  @Test
  void what_is_no_database_is_refused() throws Exception {
    Path data = Files.createDirectory(folder.resolve("rubbish"));
    Files.writeString(data.resolve("identities.db"), "this is not a database".repeat(100));

    assertThatThrownBy(() -> openIn(data))
        .isInstanceOf(StoreFailure.class)
        .hasMessageStartingWith("cannot open the store in");
  }

  @Test
  void a_closed_store_says_so() {
    IdentityStore store = openIn(folder.resolve("closed"));
    store.close();

    assertThatThrownBy(() -> store.putSubject("bob", true)).isInstanceOf(StoreFailure.class);
    assertThatThrownBy(() -> store.token(TokenDigest.of("x"))).isInstanceOf(StoreFailure.class);
  }

  @Test
  void nothing_acknowledged_is_missing_after_the_process_was_killed() throws Exception {
    Path data = folder.resolve("killed");
    for (int round = 0; round < 2; round++) {
      Process child = child(data);
      List<String> acknowledged = new ArrayList<>();
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8))) {
        String line = lines.readLine();
        while (line != null) {
          acknowledged.add(line);
          if (acknowledged.size() == 100) {
            // SIGKILL, in the middle of the writes; what was printed until then is still read.
            child.toHandle().destroyForcibly();
          }
          line = lines.readLine();
        }
      }
      assertThat(child.waitFor()).as("killed").isEqualTo(128 + 9);
      assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(100);

      try (IdentityStore store = openIn(data)) {
        assertThat(store.tokens(Optional.empty()))
            .extracting(StoredToken::id)
            .containsAll(acknowledged);
      }
    }
  }

  private static Process child(Path data) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TokenWriting.class.getName(),
            data.toString())
        .start();
  }
}
