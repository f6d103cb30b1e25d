/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The test kit applied to the built-in kernel: small worlds, named operations, the monitors of the
 * rules, and the command that explores every pair of operations.
 */
module org.mm4j.verification {
  requires transitive org.mm4j.api;
  requires transitive org.mm4j.testkit;
  requires org.mm4j.khugepaged;
  requires info.picocli;
  requires static org.jspecify;

  exports org.mm4j.verification;

  opens org.mm4j.verification to
      info.picocli;
}
