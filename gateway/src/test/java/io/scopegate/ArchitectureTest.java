package io.scopegate;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.LoadingCache;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.scopegate.policy.Decision;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What may depend on what in this module, and what nobody may call. */
class ArchitectureTest {
  private static final String BASE = "io.scopegate.";

  /** The packages with what each may import of the others; the program itself may import all. */
  private static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          entry("tls", List.of()),
          entry("event", List.of()),
          entry("store", List.of("event")),
          entry("authn", List.of("event", "store")),
          entry("guard", List.of("event", "store", "authn")),
          entry("backend", List.of("event")),
          entry("proxy", List.of("event", "store", "authn", "guard", "backend", "tls")),
          entry("endpoint", List.of("event", "store", "authn", "guard")),
          entry("self", List.of("event", "store", "authn", "guard", "endpoint")),
          entry("admin", List.of("event", "store", "authn", "guard", "endpoint")),
          entry("config", List.of("tls")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.scopegate");

  @Test
  void the_module_is_seen() {
    assertThat(CLASSES.contain(Decision.Allow.class)).isTrue();
    assertThat(CLASSES.contain("io.scopegate.guard.Gatekeeper")).isTrue();
  }

  static List<String> packages() {
    return MAY_IMPORT.keySet().stream().sorted().toList();
  }

  private static String[] of(String... packages) {
    String[] names = new String[packages.length];
    for (int i = 0; i < packages.length; i++) {
      names[i] = BASE + packages[i] + "..";
    }
    return names;
  }

  @ParameterizedTest
  @MethodSource("packages")
  void a_package_imports_only_along_the_arrows(String name) {
    List<String> forbidden = new ArrayList<>(List.of("io.scopegate", BASE + "command.."));
    for (String other : packages()) {
      if (!other.equals(name) && !MAY_IMPORT.getOrDefault(name, List.of()).contains(other)) {
        forbidden.add(BASE + other + "..");
      }
    }
    noClasses()
        .that()
        .resideInAPackage(BASE + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden.toArray(String[]::new))
        .because("design §5: the parts know only what is below them, and the wiring knows all")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void each_library_has_its_packages() {
    only("io.netty..", "bytes and sockets end where HTTP ends", of("proxy", "backend", "tls"));
    only("java.sql..", "whoever else has a connection can pass the store by", of("store"));
    only("org.postgresql..", "whoever else has a connection can pass the store by", of("store"));
    only("com.zaxxer..", "whoever else has a connection can pass the store by", of("store"));
    only("org.flywaydb..", "there is one owner of the tables", of("store"));
    only("org.sqlite..", "whoever else has a connection can pass the store by", of("store"));
    only("io.micrometer..", "the core says what happened, not how it is counted", of("event"));
    only("com.nimbusds..", "there is one place where a signature is trusted", of("authn"));
    only(
        "com.github.benmanes.caffeine..",
        "what is cached is who somebody is, what they hold and how a header words it; what decides"
            + " remembers nothing",
        of("authn", "store", "proxy"));
    only("picocli..", "there is one command line", "io.scopegate", BASE + "command..");
  }

  /** The root package alone is named without dots after it. */
  private static void only(String library, String reason, String... packages) {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .because(reason)
        .check(CLASSES);
  }

  @Test
  void json_and_yaml_are_read_at_the_borders_only() {
    noClasses()
        .that()
        .resideInAnyPackage(of("event", "authn", "guard", "backend"))
        .and()
        // What an issuer writes is JSON, and this is where it comes in.
        .resideOutsideOfPackages(of("authn.session", "authn.assertion"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("tools.jackson..", "org.snakeyaml..")
        .because("inside there are values, not texts")
        .check(CLASSES);
  }

  @Test
  void nobody_below_the_wiring_reads_the_clock_the_environment_or_randomness() {
    String[] below = packages().stream().map(name -> BASE + name + "..").toArray(String[]::new);
    noClasses()
        .that()
        .resideInAnyPackage(below)
        .should()
        .callMethodWhere(
            target(
                method(System.class, "currentTimeMillis")
                    .or(method(Instant.class, "now"))
                    .or(method(Clock.class, "systemUTC"))
                    .or(method(Clock.class, "systemDefaultZone"))
                    .as("reads the wall clock")))
        .because("a test must be able to set the time: take a Clock")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(below)
        .should()
        .callMethodWhere(
            target(
                method(System.class, "getenv")
                    .or(method(System.class, "getProperty"))
                    .as("reads the environment")))
        .because("what a part depends on is in its constructor")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(below)
        .and()
        .doNotHaveFullyQualifiedName(BASE + "authn.TokenFormat")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(SecureRandom.class, Random.class, ThreadLocalRandom.class)
        .orShould()
        .callMethodWhere(target(method(Math.class, "random").or(method(UUID.class, "randomUUID"))))
        .because("a test must be able to repeat a run: take a RandomGenerator")
        .check(CLASSES);
  }

  @Test
  void nothing_on_an_event_loop_waits() {
    noClasses()
        .that()
        .resideInAnyPackage(of("proxy", "backend", "tls", "guard", "authn", "event", "self"))
        .should()
        .callMethodWhere(target(waits()))
        .because("one request that waits stops all others of its event loop")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(of("authn", "guard"))
        .should()
        .dependOnClassesThat()
        .areAssignableTo(LoadingCache.class)
        .because("a LoadingCache loads on the thread that asks, and its invalidation waits for it")
        .check(CLASSES);
  }

  private static DescribedPredicate<AccessTarget> waits() {
    return method(Thread.class, "sleep")
        .or(method(Thread.class, "join"))
        .or(method(Object.class, "wait"))
        .or(method(Future.class, "get"))
        .or(method(CompletableFuture.class, "join"))
        .or(method(CountDownLatch.class, "await"))
        .or(method(Semaphore.class, "acquire"))
        .or(method(BlockingQueue.class, "take"))
        .or(method(BlockingQueue.class, "put"))
        .as("waits");
  }

  private static DescribedPredicate<AccessTarget> method(Class<?> owner, String name) {
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + name,
        target -> target.getOwner().isAssignableTo(owner) && target.getName().equals(name));
  }

  @Test
  void only_the_decision_itself_makes_an_allow() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.scopegate.policy")
        .should()
        .callConstructorWhere(target(owner(type(Decision.Allow.class))))
        .because("no Allow, no backend: the check cannot be forgotten")
        .check(CLASSES);
  }
}
