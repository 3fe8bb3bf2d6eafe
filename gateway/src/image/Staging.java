import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Lays out the files of the container image in {@code target/image/root}, by the JDK that runs it:
 * a runtime of the modules that are used, the files of glibc that it opens, the program, and the
 * classes of a start as an AOT cache. What the quick start does to make that cache, it does inside
 * these files alone, so an image in which something is missing is not made. Used by the build only,
 * as {@code java Staging.java SOURCES TARGET}; without arguments it only says whether this JDK and
 * machine can make an image.
 */
final class Staging {
  /**
   * Named by Jackson, Micrometer and the driver of PostgreSQL in classes that are not loaded
   * without it, and larger than all that is used.
   */
  private static final String UNUSED_MODULE = "java.desktop";

  /** Lines of {@code jdeps}: {@code gateway.jar -> java.net.http}. */
  private static final Pattern USED_MODULE = Pattern.compile(".* -> ((?:java|jdk)\\.\\S+)");

  /**
   * What glibc opens without naming it: to end threads, and before version 2.34 to look up names.
   */
  private static final List<String> OPENED_BY_NAME =
      List.of("libgcc_s.so.1", "libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2");

  /** Without it names of files are ASCII. */
  private static final Path CHARACTERS = Path.of("/usr/lib/locale/C.utf8/LC_CTYPE");

  private static final List<Path> LICENCES =
      List.of(
          Path.of("/usr/share/doc/libc6/copyright"), Path.of("/usr/share/doc/libgcc-s1/copyright"));

  /** What Jib gives every file; the cache is refused where the time of a jar is another. */
  private static final FileTime TIME = FileTime.from(Instant.ofEpochSecond(1));

  /**
   * Lines of {@code ldd}: {@code libc.so.6 => /lib/libc.so.6 (0x…)}, and of the loader the path
   * alone.
   */
  private static final Pattern FOUND = Pattern.compile("\\s+(?:\\S+ => )?(/\\S+) \\(0x.*");

  private final Path sources;
  private final Path target;
  private final Path root;
  private final Path runtime;
  private final Path program;

  private Staging(Path sources, Path target) {
    this.sources = sources;
    this.target = target;
    root = target.resolve("image/root");
    runtime = root.resolve("opt/java");
    program = root.resolve("opt/scopegate");
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (Runtime.version().feature() < 25) {
      throw failure(
          "the image needs a JDK of version 25 or later, and this is "
              + Runtime.version()
              + "; run Maven with one, or name one: -Dimage.jdk=FOLDER");
    }
    if (!System.getProperty("os.name").equals("Linux")) {
      throw failure("the image has glibc of the machine that makes it, so that has to be Linux");
    }
    if (args.length == 0) {
      return;
    }
    Path target = Path.of(args[1]).toAbsolutePath();
    new Staging(Path.of(args[0]).toAbsolutePath(), target).run();
  }

  private void run() throws IOException, InterruptedException {
    delete(root);
    // Jib knows what has changed by the time of a file, and here all have the same.
    delete(target.resolve("jib-cache"));
    copyTree(sources.resolve("root"), root);
    // The first two are mounted over; the others can be written.
    for (String folder : List.of("dev", "proc", "tmp", "var/lib/scopegate")) {
      Files.createDirectories(root.resolve(folder));
    }
    copyProgram();
    link();
    copyLibrariesOfSystem();
    settle();
    train();
    settle();
  }

  /** Returns what the program and its libraries use of the JDK. */
  private Set<String> modules() throws IOException, InterruptedException {
    Path library = program.resolve("lib");
    List<String> command = new ArrayList<>(List.of(tool("jdeps"), "-s", "--ignore-missing-deps"));
    command.add("--multi-release=" + Runtime.version().feature());
    command.addAll(List.of("-cp", library + "/*", program.resolve("gateway.jar").toString()));
    list(library).forEach(jar -> command.add(jar.toString()));
    Set<String> modules = new TreeSet<>();
    for (String line : call("modules cannot be found", Map.of(), command)) {
      Matcher matcher = USED_MODULE.matcher(line);
      if (matcher.matches() && !matcher.group(1).equals(UNUSED_MODULE)) {
        modules.add(matcher.group(1));
      }
    }
    return modules;
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private void link() throws IOException, InterruptedException {
    List<String> options;
    try (Stream<String> lines = Files.lines(sources.resolve("options"))) {
      options = lines.filter(line -> !line.startsWith("#")).toList();
    }
    Files.createDirectories(runtime.getParent());
    // Not compressed: the layer is, better than its parts can be, and the start need not undo it.
    call(
        "the runtime cannot be linked",
        Map.of(),
        List.of(
            tool("jlink"),
            "--add-modules=" + String.join(",", modules()),
            "--output=" + runtime,
            "--add-options=" + String.join(" ", options),
            "--vm=server",
            "--compress=zip-0",
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages"));
    for (Path command : list(runtime.resolve("bin"))) {
      if (!command.endsWith("java")) {
        Files.delete(command);
      }
    }
  }

  private void copyProgram() throws IOException {
    Path library = Files.createDirectories(program.resolve("lib"));
    Path natives = Files.createDirectories(program.resolve("native"));
    List<Path> jars = list(target).stream().filter(Staging::isProgram).toList();
    if (jars.size() != 1) {
      throw failure("there has to be one program in " + target + ": " + jars);
    }
    Files.copy(jars.get(0), program.resolve("gateway.jar"));
    for (Path jar : list(target.resolve("lib"))) {
      String name = jar.getFileName().toString();
      if (name.startsWith("sqlite-jdbc-")) {
        copyWithoutNatives(jar, library.resolve(name));
      } else if (!name.matches("netty-.*-(linux|osx|windows)-.*\\.jar")) {
        Files.copy(jar, library.resolve(name));
      }
    }
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    Path unpacked = target.resolve("native");
    for (Path file : list(unpacked.resolve("META-INF/native"))) {
      if (file.toString().endsWith(arm ? "_aarch_64.so" : "_x86_64.so")) {
        Files.copy(file, natives.resolve(file.getFileName()));
      }
    }
    for (Path file :
        list(unpacked.resolve("org/sqlite/native/Linux/" + (arm ? "aarch64" : "x86_64")))) {
      Files.copy(file, natives.resolve(file.getFileName()));
    }
  }

  private static boolean isProgram(Path file) {
    return file.getFileName().toString().matches("gateway-.*\\.jar");
  }

  /** The library for two dozen systems is ten times its classes. */
  private static void copyWithoutNatives(Path jar, Path copy) throws IOException {
    try (ZipFile from = new ZipFile(jar.toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(copy))) {
      for (ZipEntry entry : from.stream().toList()) {
        if (!entry.getName().startsWith("org/sqlite/native/")) {
          ZipEntry same = new ZipEntry(entry.getName());
          same.setTimeLocal(entry.getTimeLocal());
          to.putNextEntry(same);
          from.getInputStream(entry).transferTo(to);
        }
      }
    }
  }

  /** Each at the path where the loader has found it here: that is where it will look there. */
  private void copyLibrariesOfSystem() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ldd", runtime.resolve("bin/java").toString()));
    for (Path folder :
        List.of(runtime.resolve("lib"), runtime.resolve("lib/server"), program.resolve("native"))) {
      list(folder).stream()
          .map(Path::toString)
          .filter(file -> file.endsWith(".so"))
          .forEach(command::add);
    }
    String path = runtime.resolve("lib") + File.pathSeparator + runtime.resolve("lib/server");
    Set<Path> found = new TreeSet<>();
    for (String line :
        call("libraries cannot be found", Map.of("LD_LIBRARY_PATH", path), command)) {
      if (line.endsWith("=> not found")) {
        throw failure("a library is missing: " + line.strip());
      }
      Matcher matcher = FOUND.matcher(line);
      if (matcher.matches() && !matcher.group(1).startsWith(root.toString())) {
        found.add(Path.of(matcher.group(1)));
      }
    }
    List<Path> further = new ArrayList<>(LICENCES);
    further.add(CHARACTERS);
    for (Path library : List.copyOf(found)) {
      OPENED_BY_NAME.forEach(name -> further.add(library.resolveSibling(name)));
    }
    further.stream().filter(Files::exists).forEach(found::add);
    for (Path file : found) {
      Path copy = root.resolve(file.toString().substring(1));
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * Runs the quick start once to see what a start loads, under the paths of the image: the cache
   * knows each jar by its path. G1, because only it can write objects into the file; which
   * collector reads them does not matter.
   */
  private void train() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
    if (!System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("--user", "--map-root-user"));
    }
    command.addAll(
        List.of(
            "sh",
            "-ec",
            """
            PATH=$PATH:/usr/sbin:/sbin
            for folder in proc dev; do mount --rbind "/$folder" "$1/$folder"; done
            mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
            exec env -i "$(command -v chroot)" "$1" /opt/java/bin/java -XX:-UseParallelGC -XX:+UseG1GC \\
              -XX:AOTCacheOutput=/opt/scopegate/classes.aot -cp /opt/scopegate/gateway.jar \\
              io.scopegate.Main quickstart --smoke
            """,
            "sh",
            root.toString()));
    call(
        "the quick start inside the image fails (it needs root or user namespaces)",
        Map.of(),
        command);
    if (!Files.isRegularFile(program.resolve("classes.aot"))) {
      throw failure("the quick start inside the image left no AOT cache");
    }
  }

  private void settle() throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path file : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .setTimes(TIME, null, null);
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path file : walk.toList()) {
        Path copy = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> walk = Files.walk(folder)) {
        for (Path file : walk.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Returns the lines that it printed. */
  private static List<String> call(
      String failed, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // What the caller wants of his virtual machine is no business of the image.
    builder.environment().keySet().removeAll(Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw failure(failed + ": " + said);
    }
    return said.lines().toList();
  }

  /** Ends the program with a message: a stack trace would hide it. */
  private static IllegalStateException failure(String message) {
    System.err.println("image: " + message);
    System.exit(2);
    return new IllegalStateException(message);
  }
}
