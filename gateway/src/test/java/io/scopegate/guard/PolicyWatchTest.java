package io.scopegate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.Policies;
import io.scopegate.event.GatewayEvents;
import io.scopegate.file.Problem;
import io.scopegate.guard.PolicySource.Loaded;
import io.scopegate.policy.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyWatchTest {
  private final Policy policy = Policies.bare(false);
  private final CountDownLatch reloaded = new CountDownLatch(1);
  @TempDir private Path folder;
  private Path main;
  private Path used;
  private LivePolicy live;
  private PolicyWatch watch;

  @BeforeEach
  void watch() throws IOException {
    main = folder.resolve("routes.yaml");
    used = folder.resolve("used.yaml");
    Files.writeString(main, "good");
    Files.writeString(used, "good");
    live =
        new LivePolicy(
            read(),
            this::read,
            new GatewayEvents() {
              @Override
              public void reloaded(boolean ok, long generation) {
                reloaded.countDown();
              }
            });
    watch = new PolicyWatch(live);
  }

  /** A table is good if it says so; one that says "uses PATH" is read with that file. */
  private Loaded read() {
    Set<Path> files = new HashSet<>(Set.of(main, used));
    try {
      String text = Files.readString(main);
      if (text.startsWith("uses ")) {
        Path other = folder.resolve(text.substring("uses ".length()));
        files.add(other);
        text = Files.readString(other);
      }
      if (text.startsWith("good") && Files.readString(used).startsWith("good")) {
        return new Loaded(Optional.of(policy), List.of(), files);
      }
      return bad(files);
    } catch (IOException e) {
      return bad(files);
    }
  }

  private static Loaded bad(Set<Path> files) {
    return new Loaded(
        Optional.empty(),
        List.of(new Problem("routes.yaml", 1, 1, Problem.Severity.ERROR, "bad", "")),
        files);
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      watch.look();
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void what_does_not_change_is_not_read_again() {
    write(main, "good");
    look(3);
    assertThat(live.current().generation()).isEqualTo(1);
  }

  @Test
  void a_change_is_in_force_once_two_looks_find_the_same() {
    write(main, "good 2");
    look(1);
    assertThat(live.current().generation()).isEqualTo(1);
    look(1);
    assertThat(live.current().generation()).isEqualTo(2);
    look(3);
    assertThat(live.current().generation()).isEqualTo(2);
  }

  @Test
  void a_file_that_is_still_being_written_is_not_taken_for_whole() {
    for (int part = 1; part < 5; part++) {
      write(main, "good, and " + "more ".repeat(part));
      look(1);
    }
    assertThat(live.current().generation()).isEqualTo(1);
  }

  @Test
  void a_change_of_a_used_file_counts() {
    write(used, "good 2");
    look(2);
    assertThat(live.current().generation()).isEqualTo(2);
  }

  @Test
  void a_bad_file_keeps_the_old_table_is_told_once_and_can_be_mended() {
    write(used, "broken");
    look(2);
    assertThat(live.lastReload().ok()).isFalse();
    LivePolicy.Reload told = live.lastReload();
    look(2);
    assertThat(live.lastReload()).isSameAs(told);

    write(used, "good");
    look(2);
    assertThat(live.lastReload().ok()).isTrue();
    assertThat(live.current().generation()).isEqualTo(2);
  }

  @Test
  void a_file_that_is_gone_keeps_the_old_table_until_it_is_back() throws IOException {
    Files.delete(main);
    look(2);
    assertThat(live.lastReload().ok()).isFalse();
    write(main, "good");
    look(2);
    assertThat(live.current().generation()).isEqualTo(2);
  }

  @Test
  void a_file_that_is_newly_used_is_watched_from_then_on() {
    write(folder.resolve("extra.yaml"), "good");
    write(main, "uses extra.yaml");
    look(2);
    assertThat(live.current().generation()).isEqualTo(2);
    look(2);
    assertThat(live.current().generation()).isEqualTo(2);

    write(folder.resolve("extra.yaml"), "good 2");
    look(2);
    assertThat(live.current().generation()).isEqualTo(3);
  }

  @Test
  void the_swap_of_a_symbolic_link_further_up_is_followed() throws IOException {
    // As a mounted ConfigMap changes: the name of the file stays, a link above it moves.
    Path first = Files.createDirectory(folder.resolve("..1"));
    Path second = Files.createDirectory(folder.resolve("..2"));
    write(first.resolve("routes.yaml"), "good");
    write(second.resolve("routes.yaml"), "good 2");
    Path data = Files.createSymbolicLink(folder.resolve("..data"), first);
    Files.delete(main);
    Files.createSymbolicLink(main, Path.of("..data", "routes.yaml"));
    look(2);
    assertThat(live.current().generation()).isEqualTo(1);

    Path next = Files.createSymbolicLink(folder.resolve("..next"), second);
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
    look(2);

    assertThat(live.current().generation()).isEqualTo(2);
  }

  @Test
  void it_looks_by_itself_until_it_is_closed() throws InterruptedException {
    try (PolicyWatch started = watch) {
      started.start(Duration.ofMillis(5));
      write(main, "good 2");
      assertThat(reloaded.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
