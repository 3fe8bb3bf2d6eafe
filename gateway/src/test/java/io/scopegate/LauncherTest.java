package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script that starts the program, with a JDK that only notes how it was called. */
@Timeout(60)
class LauncherTest {
  private static final String PRETENDED_JAVA =
      """
      #!/bin/sh
      jdk=$(dirname "$(dirname "$0")")
      echo "$*" >>"$jdk/calls"
      [ ! -e "$jdk/broken" ] || case "$*" in *Xshare:dump* | *AOTCacheOutput*) exit 1 ;; esac
      for word in "$@"; do
        case $word in
          -XX:AOTCacheOutput=*) echo made >"${word#*=}" ;;
          -XX:SharedArchiveFile=*) case "$*" in *Xshare:dump*) echo made >"${word#*=}" ;; esac ;;
        esac
      done
      """;

  @TempDir private Path folder;
  private Path target;
  private Path jdk;
  private String options = "";

  @BeforeEach
  void pretend() throws IOException {
    // The name has a space, as folders of users may.
    Path home = folder.resolve("the program");
    target = Files.createDirectories(home.resolve("gateway/target"));
    Files.copy(Path.of("../scopegate"), home.resolve("scopegate"));
    Files.writeString(target.resolve("gateway-1.jar"), "a jar");
    Files.createDirectory(target.resolve("lib"));
    jdk = folder.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Path java = jdk.resolve("bin/java");
    Files.writeString(java, PRETENDED_JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    version("17.0.15");
    // An archive must be newer than what it was made from.
    for (String older : List.of("gateway-1.jar", "lib", "../../scopegate")) {
      Files.setLastModifiedTime(
          target.resolve(older), FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    }
  }

  private void version(String version) throws IOException {
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  /** Returns the calls of the JDK that one start made; the last is the program itself. */
  private List<String> start(String... arguments) throws IOException, InterruptedException {
    Files.deleteIfExists(jdk.resolve("calls"));
    String[] words = new String[arguments.length + 1];
    words[0] = target.resolve("../../scopegate").toString();
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    ProcessBuilder builder = new ProcessBuilder(Arrays.asList(words)).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("JDK_JAVA_OPTIONS", options);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return Files.readAllLines(jdk.resolve("calls"));
  }

  private List<String> run() throws IOException, InterruptedException {
    return start("run", "-c", "gateway.yaml");
  }

  private static String last(List<String> calls) {
    return calls.get(calls.size() - 1);
  }

  private Path archive() throws IOException {
    try (var files = Files.list(target.resolve("classes-cache"))) {
      return files.findFirst().orElseThrow();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "17.0.15, -XX:SharedArchiveFile=",
    "24, -XX:SharedArchiveFile=",
    "25.0.3, -XX:AOTCache="
  })
  void the_first_run_keeps_its_classes_and_the_next_one_has_them(String version, String option)
      throws Exception {
    version(version);

    assertThat(run()).hasSizeGreaterThan(1);
    List<String> second = run();

    assertThat(second).hasSize(1);
    assertThat(second.get(0))
        .contains(option + archive())
        .endsWith("io.scopegate.Main run -c gateway.yaml");
  }

  @Test
  void a_command_that_ends_at_once_makes_no_archive() throws Exception {
    assertThat(start("check", "-r", "routes.yaml")).hasSize(1);
    assertThat(target.resolve("classes-cache")).doesNotExist();
  }

  @Test
  void an_archive_is_made_anew_for_another_jdk() throws Exception {
    run();
    version("17.0.16");

    assertThat(run()).hasSizeGreaterThan(1);
  }

  @Test
  void an_archive_is_made_anew_for_another_program() throws Exception {
    run();
    Files.setLastModifiedTime(
        target.resolve("gateway-1.jar"),
        FileTime.from(Files.getLastModifiedTime(archive()).toInstant().plusSeconds(1)));

    assertThat(run()).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @CsvSource({"rw-rw-r--", "rw-r--rw-"})
  void an_archive_that_others_can_write_is_not_used(String permissions) throws Exception {
    run();
    Files.setPosixFilePermissions(archive(), PosixFilePermissions.fromString(permissions));

    assertThat(last(run())).doesNotContain("SharedArchiveFile");
  }

  @Test
  void an_archive_in_a_folder_that_others_can_write_is_not_used() throws Exception {
    run();
    Files.setPosixFilePermissions(
        target.resolve("classes-cache"), PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(last(run())).doesNotContain("SharedArchiveFile");
  }

  @Test
  void a_place_that_cannot_be_written_does_not_stop_the_start() throws Exception {
    Files.writeString(target.resolve("classes-cache"), "in the way");

    assertThat(run())
        .hasSize(1)
        .first()
        .asString()
        .doesNotContain("SharedArchiveFile")
        .endsWith("io.scopegate.Main run -c gateway.yaml");
  }

  @Test
  void a_jdk_that_makes_no_archive_is_asked_once() throws Exception {
    Files.writeString(jdk.resolve("broken"), "");

    assertThat(last(run())).doesNotContain("SharedArchiveFile");
    assertThat(run()).hasSize(1).first().asString().doesNotContain("SharedArchiveFile");
  }

  @Test
  void who_asks_for_a_collector_gets_that_one_alone() throws Exception {
    options = "-XX:+UseG1GC";

    assertThat(last(run())).doesNotContain("UseParallelGC", "NewSize");
    assertThat(last(start("check"))).doesNotContain("UseSerialGC");
  }

  @Test
  void who_asks_for_a_young_generation_gets_that_size() throws Exception {
    options = "-Xmn64m";

    assertThat(last(run())).contains("-XX:+UseParallelGC").doesNotContain("NewSize");
  }

  @Test
  void the_image_has_the_options_of_run() throws Exception {
    version("25.0.3");
    Files.createDirectory(target.resolve("native"));
    run();
    List<String> image = new ArrayList<>();
    for (String file : List.of("options", "root/scopegate")) {
      try (Stream<String> lines = Files.lines(Path.of("src/image", file))) {
        lines
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.replaceAll("/opt/scopegate/[^ ]+", "PLACE"))
            .forEach(line -> image.addAll(List.of(line.split(" "))));
      }
    }

    String said = last(run()).replace(target.toRealPath() + "/", "/gateway/target/");
    List<String> launcher = List.of(said.replaceAll("/gateway/target/[^ ]+", "PLACE").split(" "));

    assertThat(image).contains("-XX:AOTCache=PLACE", "-Djava.library.path=PLACE");
    // No image has a terminal to write colours to.
    assertThat(launcher)
        .containsAll(image)
        .filteredOn(word -> !image.contains(word))
        .containsExactly("-Dscopegate.colours=false", "run", "-c", "gateway.yaml");
  }
}
