package io.scopegate;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A gateway in a process of its own, for tests. Confined to the test's thread. */
public final class GatewayProcess implements AutoCloseable {
  /** How long it may drain. */
  static final int DRAIN_SECONDS = 5;

  private static final Pattern EDGE = Pattern.compile("runs: http://127\\.0\\.0\\.1:([0-9]+)");

  private final Process process;
  private final InetSocketAddress edge;

  private GatewayProcess(Process process, InetSocketAddress edge) {
    this.process = process;
    this.edge = edge;
  }

  /** Starts one in front of the backend {@code core}, with these options of the virtual machine. */
  public static GatewayProcess start(
      Path folder, String routesYaml, String coreUrl, String... options) throws IOException {
    return start(folder, routesYaml, coreUrl, "", 0, options);
  }

  /**
   * Starts one.
   *
   * @param limits lines of the configuration, if it is to have any more
   * @param descriptors how many it may have open; 0 leaves it as it is
   */
  public static GatewayProcess start(
      Path folder,
      String routesYaml,
      String coreUrl,
      String limits,
      int descriptors,
      String... options)
      throws IOException {
    Files.writeString(folder.resolve("routes.yaml"), routesYaml);
    Path config = folder.resolve("gateway.yaml");
    Files.writeString(
        config,
        """
        apiVersion: scopegate/v1
        routes: routes.yaml
        listeners: [{ address: "127.0.0.1:0" }]
        admin: { address: "127.0.0.1:0" }
        drain: %ds
        backends: { core: { urls: ["%s"] } }
        %s
        """
            .formatted(DRAIN_SECONDS, coreUrl, limits));
    List<String> command = new ArrayList<>();
    if (descriptors > 0) {
      command.addAll(List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$0\" \"$@\""));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "io.scopegate.Main",
            "run",
            "-c",
            config.toString()));
    Path errors = folder.resolve("err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    Matcher matcher = EDGE.matcher(String.valueOf(out.readLine()));
    if (!matcher.find()) {
      process.destroyForcibly();
      throw new IOException("no gateway: " + Files.readString(errors));
    }
    int port = Integer.parseInt(matcher.group(1));
    return new GatewayProcess(
        process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** Returns the address of the edge. */
  public InetSocketAddress edge() {
    return edge;
  }

  /** Tells it to end, as an operator would. */
  void terminate() {
    process.destroy();
  }

  /** Ends it without a word, and waits for that. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Waits for its end and returns its exit code. */
  int exitCode(int seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError("still there after " + seconds + " s");
    }
    return process.exitValue();
  }

  /** Returns how long it has kept a processor busy. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Returns its resident memory in MiB (Linux). */
  long residentMiB() throws IOException {
    return residentKiB() / 1024;
  }

  /** Returns its resident memory in KiB (Linux). */
  long residentKiB() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no figure of the resident memory");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
