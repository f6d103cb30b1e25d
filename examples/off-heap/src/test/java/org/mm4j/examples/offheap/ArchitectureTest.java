/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The example shows what a third party can do: it has nothing but the public API. */
final class ArchitectureTest {
  private final JavaClasses production =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.mm4j.examples.offheap");

  @Test
  void usesThePublicApiOnly() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.mm4j.core..", "org.mm4j.shmem..", "org.mm4j.linux.ffm..")
        .check(production);
  }

  @Test
  void onlyTheOwnIndexImplementsContracts() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.mm4j.examples.offheap.blocks")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.mm4j.spi..", "org.mm4j.sync..")
        .check(production);
  }

  @Test
  void theOwnIndexIsVisibleToTheExplorer() {
    noClasses()
        .that()
        .resideInAPackage("org.mm4j.examples.offheap.blocks")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent.locks", "java.util.concurrent.atomic")
        .because("the explorer sees only what goes through org.mm4j.sync")
        .check(production);
  }

  @Test
  void packagesFormNoCycle() {
    slices()
        .matching("org.mm4j.examples.offheap.(*)..")
        .should()
        .beFreeOfCycles()
        .check(production);
  }
}
