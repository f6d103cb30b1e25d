/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

/** How a mapping is written in an observation. */
final class MappedText {
  private MappedText() {}

  static String of(boolean read, boolean write, boolean execute, String file, long offsetBytes) {
    return (read ? "r" : "-")
        + (write ? "w" : "-")
        + (execute ? "x" : "-")
        + " "
        + file
        + "+"
        + Long.toHexString(offsetBytes);
  }
}
