package io.scopegate.authn.assertion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import io.scopegate.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssertionKeysTest {
  private static final Duration ROTATION = Duration.ofDays(30);

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T12:00:00Z"));
  private AssertionKeys keys;

  @BeforeEach
  void start() throws IOException {
    keys = new AssertionKeys(folder, ROTATION, clock);
  }

  private List<String> published() {
    return keys.publicKeys().stream().map(JWK::getKeyID).toList();
  }

  @Test
  void keys_outlive_the_process_and_are_their_owners_alone() throws Exception {
    Path file = folder.resolve("assertion-keys.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    AssertionKeys again = new AssertionKeys(folder, ROTATION, clock);
    assertThat(again.signing().getKeyID()).isEqualTo(keys.signing().getKeyID());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void nothing_private_is_published() throws Exception {
    assertThat(keys.publicKeys()).hasSize(1).noneMatch(JWK::isPrivate);
  }

  @Test
  void a_key_is_published_before_it_signs_and_after_it_has() throws Exception {
    String first = keys.signing().getKeyID();
    clock.advance(ROTATION);
    assertThat(published()).hasSize(2).startsWith(first);
    String second = published().get(1);
    assertThat(keys.signing().getKeyID()).isEqualTo(first);
    clock.advance(AssertionKeys.ANNOUNCED);
    assertThat(keys.signing().getKeyID()).isEqualTo(second);
    assertThat(published()).containsExactly(first, second);
    clock.advance(AssertionKeys.RETAINED);
    assertThat(published()).containsExactly(second);
    assertThat(new AssertionKeys(folder, ROTATION, clock).signing().getKeyID()).isEqualTo(second);
  }

  @Test
  void a_file_that_is_no_key_set_starts_nothing_and_is_not_repeated() throws Exception {
    for (String broken :
        List.of("{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}", "secret")) {
      Files.writeString(folder.resolve("assertion-keys.json"), broken);
      assertThatThrownBy(() -> new AssertionKeys(folder, ROTATION, clock))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("assertion-keys.json")
          .hasMessageNotContaining("c2VjcmV0")
          .hasNoCause();
    }
  }
}
