package io.scopegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.scopegate.Gateway;
import io.scopegate.config.ConfigReader;
import io.scopegate.endpoint.Json;
import io.scopegate.proxy.RecordingBackend;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Carries out the tutorial: every command, every change, and what is shown of the answers. */
class TutorialTest {
  private static final Path MODULE = Path.of("../route-config");
  private static final Pattern BLOCK =
      Pattern.compile("(?:`([a-z.]+)`:\n\n)?```([a-z]+)\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern ROW = Pattern.compile("^[^#]+");

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private String token = "";
  private String said = "";
  private int port;

  @AfterEach
  void everything_ends() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void every_step_of_the_tutorial_does_what_it_says() throws Exception {
    Files.copy(MODULE.resolve("examples/tutorial/openapi.yaml"), file("openapi.yaml"));
    String readme = Files.readString(MODULE.resolve("README.md"));
    int start = readme.indexOf("## Tutorial");
    Matcher block = BLOCK.matcher(readme.substring(start, readme.indexOf("\n## ", start + 1)));
    int blocks = 0;
    while (block.find()) {
      blocks++;
      String content = block.group(3);
      switch (block.group(2)) {
        case "sh" -> content.lines().forEach(this::carryOut);
        case "diff" -> change(content);
        case "yaml" -> Files.writeString(file(block.group(1)), content);
        case "text" -> assertThat(said).isEqualTo(content);
        default -> throw new AssertionError("a block of " + block.group(2));
      }
    }
    assertThat(blocks).isGreaterThan(15);
    assertThat(open).hasSize(2);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private void carryOut(String line) {
    Matcher matcher = ROW.matcher(line);
    assertThat(matcher.find()).as(line).isTrue();
    String command = matcher.group().strip();
    String expected = line.substring(matcher.end()).replaceFirst("^# *", "");
    try {
      if (command.startsWith("cp ")) {
        String[] words = command.split(" ", -1);
        Files.copy(file(words[1]), file(words[2]), StandardCopyOption.REPLACE_EXISTING);
      } else if (command.startsWith("grep -n ")) {
        grep(command.split(" ", -1)[2], file(command.split(" ", -1)[3]));
      } else if (command.startsWith("curl ")) {
        curl(command, expected);
      } else if (command.startsWith("TOKEN=$(")) {
        scopegate(command.substring("TOKEN=$(scopegate ".length(), command.length() - 1), 0);
        token = said.strip();
      } else if (command.equals("scopegate run -c gateway.yaml &")) {
        start();
      } else {
        int code = expected.isEmpty() ? 0 : Integer.parseInt(expected.substring("exit ".length()));
        redirected(command, code);
      }
    } catch (IOException | InterruptedException broken) {
      throw new AssertionError(line, broken);
    }
  }

  private void redirected(String command, int code) throws IOException {
    assertThat(command).startsWith("scopegate ");
    String[] parts = command.substring("scopegate ".length()).split(" > ", -1);
    scopegate(parts[0], code);
    if (parts.length > 1) {
      Files.writeString(file(parts[1]), said);
    }
  }

  private void scopegate(String words, int code) {
    String[] args =
        Arrays.stream(words.split(" +"))
            .map(word -> word.matches("[a-z.]+\\.(yaml|xml)") ? file(word).toString() : word)
            .toArray(String[]::new);
    Shell.Result result = new Shell().run(args);
    assertThat(result.code()).as(words + "\n" + result.out() + result.err()).isEqualTo(code);
    said = result.out().replace(folder + "/", "");
  }

  private void grep(String word, Path file) throws IOException {
    StringBuilder found = new StringBuilder();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(word)) {
        found.append(i + 1).append(':').append(lines.get(i)).append('\n');
      }
    }
    said = found.toString();
  }

  /** Applies a change whose old lines are there exactly once. */
  private void change(String diff) throws IOException {
    List<String> lines = diff.lines().toList();
    StringBuilder before = new StringBuilder();
    StringBuilder after = new StringBuilder();
    for (String line : lines.subList(1, lines.size())) {
      String content = line.substring(1) + "\n";
      if (line.charAt(0) != '+') {
        before.append(content);
      }
      if (line.charAt(0) != '-') {
        after.append(content);
      }
    }
    Path file = file(lines.get(0).substring("--- ".length()));
    String text = Files.readString(file);
    assertThat(text.split(Pattern.quote(before.toString()), -1)).as(diff).hasSize(2);
    Files.writeString(file, text.replace(before.toString(), after.toString()));
  }

  /** Starts the gateway of the tutorial on free ports, in front of a backend that says yes. */
  private void start() throws IOException {
    RecordingBackend backend =
        RecordingBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    open.add(backend);
    List<String> settings =
        List.of(
            "listeners=[{ address: '127.0.0.1:0' }]",
            "admin.address='127.0.0.1:0'",
            "backends.backend.urls=['" + backend.url() + "']");
    ConfigReader.Outcome read = ConfigReader.read(file("gateway.yaml"), settings, Map.of());
    assertThat(read.problems()).isEmpty();
    Gateway gateway = RunCommand.start(read.config().orElseThrow(), false, Shell.surroundings());
    open.add(0, gateway);
    port = gateway.listeners().get(0).getPort();
  }

  private void curl(String command, String expected) throws IOException, InterruptedException {
    String path = command.substring(command.indexOf(":8080") + ":8080".length());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(command.contains("-X POST") ? "POST" : "GET", BodyPublishers.noBody());
    if (command.contains("Bearer $TOKEN")) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    String[] words = expected.split(" ", -1);
    assertThat(response.statusCode()).as(command).isEqualTo(Integer.parseInt(words[0]));
    if (words.length > 1) {
      assertThat(Json.read(response.body()).path("code").asString()).isEqualTo(words[1]);
    }
  }
}
