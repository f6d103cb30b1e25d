/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The emulator: a command line, nothing to compile against. It uses {@code org.mm4j} only; the
 * simulated kernel and its features are found by {@code ServiceLoader}.
 */
module org.mm4j.examples.emulator {
  requires com.google.common;
  requires info.picocli;
  requires java.management;
  requires org.jline.terminal;
  requires org.mm4j.api;
  requires static org.jspecify;

  opens org.mm4j.examples.emulator.cli to
      info.picocli;
}
