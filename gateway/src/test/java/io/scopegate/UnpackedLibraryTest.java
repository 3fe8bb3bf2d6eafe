package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class UnpackedLibraryTest {
  private final CountDownLatch firstIsOver = new CountDownLatch(1);
  private final CompletableFuture<Boolean> secondHasAFolder = new CompletableFuture<>();

  private static boolean hasFolder() {
    return Optional.ofNullable(System.getProperty("org.sqlite.tmpdir"))
        .map(Path::of)
        .filter(Files::isDirectory)
        .isPresent();
  }

  private boolean hasFolderWhenTheFirstIsOver() {
    try {
      firstIsOver.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return hasFolder();
  }

  @Test
  @Timeout(30)
  void the_folder_of_one_opening_is_not_taken_away_by_the_end_of_another() {
    Thread second =
        new Thread(
            () ->
                secondHasAFolder.complete(
                    UnpackedLibrary.goneAfter(this::hasFolderWhenTheFirstIsOver)));
    boolean firstHasAFolder =
        UnpackedLibrary.goneAfter(
            () -> {
              second.start();
              while (second.getState() == Thread.State.RUNNABLE) {
                Thread.onSpinWait();
              }
              return hasFolder();
            });
    firstIsOver.countDown();

    assertThat(firstHasAFolder).isTrue();
    assertThat(secondHasAFolder.join()).isTrue();
  }
}
