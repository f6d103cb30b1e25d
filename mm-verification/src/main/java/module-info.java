/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The test kit applied to the built-in kernel: small worlds, named operations, the monitors of the
 * rules, and the command that explores every pair of operations.
 */
module org.mm4j.verification {
  requires transitive org.mm4j.api;
  requires transitive org.mm4j.testkit;
  requires info.picocli;
  requires static org.jspecify;

  uses org.mm4j.spi.CollapseStrategy;

  opens org.mm4j.verification.command to
      info.picocli;
}
