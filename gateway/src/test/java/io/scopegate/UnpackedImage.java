package io.scopegate;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files of the container image, and processes that live in them as a container runtime starts
 * them: as PID 1 of the image's user, with its environment and entry point, a root that cannot be
 * written, and folders of ours where the chart mounts its volumes. Needs root, no container runtime
 * and nothing of the network. Confined to the test's thread.
 */
final class UnpackedImage {
  private static final String ENTER =
      """
      PATH=$PATH:/usr/sbin:/sbin
      root=$1 config=$2 data=$3
      shift 3
      mount --bind "$root" "$root"
      mount --bind "$config" "$root/etc/scopegate"
      mount --bind "$data" "$root/var/lib/scopegate"
      mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/tmp"
      mount -t proc proc "$root/proc"
      mount --rbind /dev "$root/dev"
      mount -o remount,bind,ro "$root"
      exec env -i "$@"
      """;

  private final Path root;
  private final Path config;
  private final Path data;
  private final JsonNode description;

  private UnpackedImage(Path root, Path config, Path data, JsonNode description) {
    this.root = root;
    this.config = config;
    this.data = data;
    this.description = description;
  }

  /** Unpacks an archive as {@code docker load} reads it. */
  static UnpackedImage of(Path archive, Path folder) throws IOException, InterruptedException {
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      throw new AssertionError("only root can enter an image without a container runtime");
    }
    Path parts = Files.createDirectory(folder.resolve("parts"));
    unpack("-xf", archive, parts);
    JsonNode manifest =
        JsonMapper.shared().readTree(Files.readString(parts.resolve("manifest.json"))).get(0);
    Path root = Files.createDirectory(folder.resolve("root"));
    for (JsonNode layer : manifest.get("Layers").values()) {
      unpack("-xzpf", parts.resolve(layer.asString()), root);
    }
    // What a runtime mounts is not in the image; it makes the mount points.
    Files.createDirectory(root.resolve("etc/scopegate"));
    Files.writeString(root.resolve("etc/hosts"), "127.0.0.1 localhost\n");
    Path data = Files.createDirectory(folder.resolve("data"));
    for (String owner : List.of("unix:uid", "unix:gid")) {
      Files.setAttribute(data, owner, 65532);
    }
    String json = Files.readString(parts.resolve(manifest.get("Config").asString()));
    return new UnpackedImage(
        root,
        Files.createDirectory(folder.resolve("config")),
        data,
        JsonMapper.shared().readTree(json).get("config"));
  }

  private static void unpack(String how, Path archive, Path folder)
      throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder("tar", how, archive.toString(), "-C", folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (tar.waitFor() != 0) {
      throw new IOException(said);
    }
  }

  /** Returns the folder that is {@code /} inside. */
  Path root() {
    return root;
  }

  /** Returns the folder that is {@code /etc/scopegate} inside. */
  Path config() {
    return config;
  }

  /** Returns the folder that is {@code /var/lib/scopegate} inside. */
  Path data() {
    return data;
  }

  /** Starts the entry point with these arguments, and options of the virtual machine. */
  Contained start(String javaOptions, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "sh", "-ec", ENTER));
    Stream.of("sh", root, config, data).map(Object::toString).forEach(command::add);
    description.get("Env").values().forEach(one -> command.add(one.asString()));
    if (!javaOptions.isEmpty()) {
      command.add("JAVA_TOOL_OPTIONS=" + javaOptions);
    }
    // Its own PATH is that of the image from here on.
    String chroot = Files.exists(Path.of("/usr/sbin/chroot")) ? "/usr/sbin/chroot" : "/bin/chroot";
    command.addAll(
        List.of(chroot, "--userspec=" + description.get("User").asString(), root.toString()));
    description.get("Entrypoint").values().forEach(one -> command.add(one.asString()));
    command.addAll(List.of(arguments));
    return new Contained(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Runs a command to its end. */
  Said run(String javaOptions, String... arguments) throws IOException, InterruptedException {
    try (Contained contained = start(javaOptions, arguments)) {
      String text = String.join("\n", contained.out.lines().toList());
      return new Said(contained.exitCode(), text);
    }
  }

  /** What a command has printed, and its exit code. */
  record Said(int exitCode, String text) {}

  /** A process inside. */
  static final class Contained implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private Contained(Process process) {
      this.process = process;
      this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Returns the next line of its output that contains this. */
    String line(String part) throws IOException {
      StringBuilder before = new StringBuilder();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.contains(part)) {
          return line;
        }
        before.append(line).append('\n');
      }
      throw new IOException("no `" + part + "` in: " + before);
    }

    /** Returns the process that is PID 1 inside. */
    private ProcessHandle first() {
      return process.children().findFirst().orElseThrow();
    }

    /** Tells it to end, as a container runtime would. */
    void terminate() {
      first().destroy();
    }

    int exitCode() throws InterruptedException {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("still there after a minute");
      }
      return process.exitValue();
    }

    /** Returns the folder in which the system tells about it. */
    Path told() {
      return Path.of("/proc", Long.toString(first().pid()));
    }

    @Override
    public void close() {
      // The outer one ends after it; asked to end its child with itself, it could not: that wish is
      // lost where the child becomes another user.
      process.children().forEach(ProcessHandle::destroyForcibly);
      process.onExit().join();
    }
  }
}
