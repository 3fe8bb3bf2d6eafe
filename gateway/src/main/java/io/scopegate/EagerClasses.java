package io.scopegate;

import io.scopegate.policy.Policy;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what only failures need while it still can be read: a process without descriptors opens no
 * file, not even that of the class that would tell of it. Used by the wiring only.
 */
final class EagerClasses {
  private static final Logger LOG = LoggerFactory.getLogger(EagerClasses.class);
  private static final String SUFFIX = ".class";

  /** What serves requests; commands have ended or begun by then. */
  private static final Set<String> PACKAGES =
      Set.of(
          "proxy",
          "backend",
          "guard",
          "policy",
          "permission",
          "route",
          "event",
          "authn",
          "store",
          "endpoint",
          "self",
          "admin",
          "tls");

  private EagerClasses() {}

  static void load() {
    ClassLoader loader = EagerClasses.class.getClassLoader();
    // Whoever looks for what is nowhere opens every jar, and they stay open.
    if (loader.getResource("io/scopegate/nowhere") != null) {
      throw new IllegalStateException("there is no such resource");
    }
    try {
      for (Class<?> one : List.of(EagerClasses.class, Policy.class)) {
        CodeSource source = one.getProtectionDomain().getCodeSource();
        Path root = Path.of(source.getLocation().toURI());
        if (Files.isDirectory(root)) {
          load(root, loader);
        }
      }
    } catch (IOException | URISyntaxException | ClassNotFoundException e) {
      LOG.warn("classes cannot be loaded ahead", e);
    }
  }

  private static void load(Path root, ClassLoader loader)
      throws IOException, ClassNotFoundException {
    for (String part : PACKAGES) {
      Path folder = root.resolve("io/scopegate").resolve(part);
      if (!Files.isDirectory(folder)) {
        continue;
      }
      List<Path> files;
      try (Stream<Path> walk = Files.walk(folder)) {
        files = walk.filter(file -> file.toString().endsWith(SUFFIX)).toList();
      }
      for (Path file : files) {
        String name = root.relativize(file).toString().replace('/', '.').replace('\\', '.');
        if (!name.endsWith("package-info" + SUFFIX)) {
          Class.forName(name.substring(0, name.length() - SUFFIX.length()), true, loader);
        }
      }
    }
  }
}
