/* SPDX-License-Identifier: Apache-2.0 */

/**
 * An off-heap store on huge pages: a command line, nothing to compile against. It uses the public
 * API of mm-api and mm-linux; the simulated kernel is found by {@code ServiceLoader}.
 */
module org.mm4j.examples.offheap {
  requires com.google.common;
  requires info.picocli;
  requires org.mm4j.api;
  requires org.mm4j.linux;
  requires static org.jspecify;

  opens org.mm4j.examples.offheap.cli to
      info.picocli;
}
