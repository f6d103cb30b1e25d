/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Compares the simulated kernel with the running Linux kernel: the same calls on both, and what can
 * be seen after each. A command, nothing to compile against.
 */
module org.mm4j.conformance {
  requires org.mm4j.api;
  requires org.mm4j.linux;
  requires info.picocli;
  requires org.jline.terminal;
  requires org.slf4j;
  requires static org.jspecify;

  opens org.mm4j.conformance.command to
      info.picocli;
}
