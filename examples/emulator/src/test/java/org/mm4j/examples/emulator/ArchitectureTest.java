/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNCHRONIZED;
import static com.tngtech.archunit.core.domain.JavaModifier.VOLATILE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.MonitorInstruction;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The compile arrows between the modules, and what may use threads and locks directly.
 *
 * <p>It lives here because the emulator is the one module that has all the others on its class
 * path.
 */
final class ArchitectureTest {
  /** Whether a rule may find no class to look at. Only while modules are still empty. */
  private static final boolean ALLOW_EMPTY = false;

  /** A module, the packages that are its own, and the modules it may depend on. */
  private record Module(String name, List<String> packages, List<String> mayUse) {}

  private static final List<Module> MODULES =
      List.of(
          new Module("api", List.of("org.mm4j", "org.mm4j.spi", "org.mm4j.sync"), List.of()),
          new Module("core", List.of("org.mm4j.core.."), List.of("api")),
          new Module("shmem", List.of("org.mm4j.shmem.."), List.of("core", "api")),
          new Module("userfaultfd", List.of("org.mm4j.userfaultfd.."), List.of("api")),
          new Module("khugepaged", List.of("org.mm4j.khugepaged.."), List.of("api")),
          new Module("linux", List.of("org.mm4j.linux.."), List.of("api")),
          new Module("testkit", List.of("org.mm4j.testkit.."), List.of("api")),
          new Module("emulator", List.of("org.mm4j.examples.emulator.."), List.of("api")));

  /**
   * What the explorer must see through: everything concurrent in here goes through the api's sync
   * package.
   */
  private static final String[] MECHANISM = {
    "org.mm4j.core..", "org.mm4j.shmem..", "org.mm4j.userfaultfd..", "org.mm4j.khugepaged.."
  };

  private static JavaClasses production;

  @BeforeAll
  static void importProductionClasses() {
    production =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.mm4j");
  }

  @Test
  void everyModuleIsSeen() {
    for (Module module : MODULES) {
      assertTrue(
          ALLOW_EMPTY || production.stream().anyMatch(resideInAnyPackage(packagesOf(module))),
          () -> "no class of " + module.name() + " on the class path of this test");
    }
  }

  @Test
  void everyPackageBelongsToAModule() {
    String[] packages =
        MODULES.stream().flatMap(module -> module.packages().stream()).toArray(String[]::new);
    check(classes().should().resideInAnyPackage(packages));
  }

  @Test
  void modulesDependOnlyAlongTheArrows() {
    LayeredArchitecture arrows =
        layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(ALLOW_EMPTY);
    for (Module module : MODULES) {
      arrows = arrows.layer(module.name()).definedBy(packagesOf(module));
    }
    for (Module module : MODULES) {
      arrows =
          module.mayUse().isEmpty()
              ? arrows.whereLayer(module.name()).mayNotAccessAnyLayer()
              : arrows
                  .whereLayer(module.name())
                  .mayOnlyAccessLayers(module.mayUse().toArray(String[]::new));
    }
    check(arrows);
  }

  @Test
  void packagesOfAModuleFormNoCycle() {
    check(slices().assignedFrom(new EachPackage()).should().beFreeOfCycles());
  }

  @Test
  void apiDependsOnTheJdkAndJSpecifyOnly() {
    check(
        classes()
            .that()
            .resideInAnyPackage(packagesOf(MODULES.getFirst()))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "org.mm4j",
                "org.mm4j.spi",
                "org.mm4j.sync",
                "java..",
                "javax..",
                "jdk..",
                "org.jspecify.annotations"));
  }

  @Test
  void mechanismUsesNoLocksNoAtomicsAndNoThreads() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(MECHANISM)
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("java.util.concurrent.locks", "java.util.concurrent.atomic")
                    .or(belongToAnyOf(Thread.class, LockSupport.class)))
            .because("the explorer sees only what goes through org.mm4j.sync"));
  }

  @Test
  void mechanismReadsNoClock() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(MECHANISM)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("clocks are injected"));
  }

  @Test
  void mechanismHasNoVolatileFields() {
    check(
        noFields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(MECHANISM)
            .should()
            .haveModifier(VOLATILE));
  }

  @Test
  void mechanismHasNoSynchronizedMethods() {
    check(
        noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(MECHANISM)
            .should()
            .haveModifier(SYNCHRONIZED));
  }

  @Test
  void mechanismHasNoSynchronizedBlocks() {
    check(noClasses().that().resideInAnyPackage(MECHANISM).should(new EnterAMonitor()));
  }

  @Test
  void librariesDoNotPrint() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.mm4j.examples..")
            .should(ACCESS_STANDARD_STREAMS));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(ALLOW_EMPTY).check(production);
  }

  private static String[] packagesOf(Module module) {
    return module.packages().toArray(String[]::new);
  }

  /** Each package is a slice of its own; a cycle across modules is already a wrong arrow. */
  private static final class EachPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  /** Reads the byte code, because a {@code synchronized} block leaves no other trace in a class. */
  private static final class EnterAMonitor extends ArchCondition<JavaClass> {
    EnterAMonitor() {
      super("enter a monitor");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      try (InputStream bytes = type.getSource().orElseThrow().getUri().toURL().openStream()) {
        boolean entersMonitor =
            ClassFile.of().parse(bytes.readAllBytes()).methods().stream()
                .flatMap(method -> method.code().stream())
                .flatMap(code -> code.elementStream())
                .anyMatch(MonitorInstruction.class::isInstance);
        events.add(
            new SimpleConditionEvent(
                type,
                entersMonitor,
                type.getName() + (entersMonitor ? " enters" : " enters no") + " a monitor"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
