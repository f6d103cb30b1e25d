/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.elf;

/** A file cannot be run. The message is one line for the user: what is wrong with the file. */
public final class ElfException extends Exception {
  private static final long serialVersionUID = 1L;

  ElfException(String message) {
    super(message);
  }
}
