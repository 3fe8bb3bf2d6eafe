package io.scopegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Commands and what they say: each file holds a command, a line of dashes, and its output with the
 * exit code. {@code -Dgolden.write=true} writes them anew.
 */
class CommandGoldenTest {
  private static final Path FOLDER = Path.of("src/test/resources/command");
  private static final String LINE = "----\n";

  static Stream<Path> goldens() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> goldens = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
      assertThat(goldens).isNotEmpty();
      return goldens.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void a_command_says_what_it_always_said(Path golden) throws IOException {
    String content = Files.readString(golden);
    String command = content.substring(0, content.indexOf(LINE)).strip();
    String actual = command + "\n" + LINE + output(command);
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(golden, actual);
    }
    assertThat(actual).isEqualTo(content);
  }

  private static String output(String command) {
    String folder = FOLDER + "/";
    String[] args =
        Arrays.stream(command.split(" +"))
            .map(word -> word.replace("@/", folder))
            .toArray(String[]::new);
    Shell.Result result = new Shell().run(args);
    return (result.out()
            + (result.err().isEmpty() ? "" : "---- stderr\n" + result.err())
            + "---- exit "
            + result.code()
            + "\n")
        .replace(folder, "@/");
  }
}
