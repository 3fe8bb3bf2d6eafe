package io.scopegate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Keeps the dependency rule of this module: permission ← route ← policy ← file ← tool. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.scopegate");

  private static final String PERMISSION = "io.scopegate.permission..";
  private static final String ROUTE = "io.scopegate.route..";
  private static final String POLICY = "io.scopegate.policy..";
  private static final String FILE = "io.scopegate.file..";
  private static final String TOOL = "io.scopegate.tool..";

  @Test
  void permission_uses_the_jdk_alone() {
    onlyUses(PERMISSION);
  }

  @Test
  void route_uses_permission() {
    onlyUses(ROUTE, PERMISSION);
  }

  @Test
  void policy_uses_route_and_permission() {
    onlyUses(POLICY, PERMISSION, ROUTE);
  }

  @Test
  void file_uses_what_it_reads_into_and_the_libraries_for_yaml_and_regular_expressions() {
    onlyUses(FILE, PERMISSION, ROUTE, POLICY, "org.snakeyaml..", "com.google.re2j..");
  }

  @Test
  void tool_uses_everything_else_but_no_library() {
    onlyUses(TOOL, PERMISSION, ROUTE, POLICY, FILE);
  }

  private static void onlyUses(String one, String... others) {
    String[] allowed = new String[others.length + 3];
    System.arraycopy(others, 0, allowed, 0, others.length);
    allowed[others.length] = one;
    allowed[others.length + 1] = "java..";
    allowed[others.length + 2] = "org.jspecify..";
    classes()
        .that()
        .resideInAPackage(one)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .allowEmptyShould(true)
        .because("arrows go one way, so that what must never be wrong stays small")
        .check(CLASSES);
  }

  @Test
  void nothing_opens_a_socket() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.nio.channels..", "javax.net..")
        .because("this module is usable alone in anyone's CI")
        .check(CLASSES);
  }

  @Test
  void nothing_reads_the_wall_clock() {
    noClasses()
        .should()
        .callMethodWhere(
            DescribedPredicate.describe("it reads a clock", ArchitectureTest::readsClock))
        .because("a decision is a function of its arguments: take a Clock")
        .check(CLASSES);
  }

  private static boolean readsClock(JavaMethodCall call) {
    JavaClass owner = call.getTargetOwner();
    String name = call.getName();
    return (owner.isEquivalentTo(System.class)
            && (name.equals("currentTimeMillis") || name.equals("nanoTime")))
        || (owner.isEquivalentTo(Clock.class) && name.startsWith("system"))
        || (name.equals("now") && isOfTime(owner));
  }

  private static boolean isOfTime(JavaClass owner) {
    return owner.isEquivalentTo(Instant.class)
        || owner.isEquivalentTo(LocalDate.class)
        || owner.isEquivalentTo(LocalDateTime.class)
        || owner.isEquivalentTo(OffsetDateTime.class)
        || owner.isEquivalentTo(ZonedDateTime.class);
  }

  @Test
  void nothing_reads_the_environment() {
    noClasses()
        .should()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "getProperty", String.class)
        .orShould()
        .callMethod(System.class, "getProperty", String.class, String.class)
        .because("the same file must mean the same wherever it is checked and run")
        .check(CLASSES);
  }

  @Test
  void nothing_is_random() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Random.class)
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callMethod(Math.class, "random")
        .because("two runs must decide alike: take a RandomGenerator")
        .check(CLASSES);
  }
}
