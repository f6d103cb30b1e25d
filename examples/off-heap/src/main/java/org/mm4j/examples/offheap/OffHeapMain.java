/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap;

import org.mm4j.examples.offheap.cli.OffHeapCommandLine;

/** The example's command line. */
public final class OffHeapMain {
  private OffHeapMain() {}

  /** Runs the command and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(OffHeapCommandLine.ofThisProcess().run(arguments));
  }
}
