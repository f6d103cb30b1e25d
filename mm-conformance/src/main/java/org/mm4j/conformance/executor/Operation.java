/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

/** What a lane can be asked to do, numbered as in the table of {@code executor.s}. */
enum Operation {
  SYSTEM_CALL(0),
  /** Address, width. */
  LOAD(1),
  /** Address, width, value. */
  STORE(2),
  /** Destination, source, length. */
  COPY(3),
  /** Slot and stack of the new lane. */
  SPAWN(4),
  /** Slot and stack of the new process's first lane. */
  FORK(5),
  EXIT_LANE(6),
  /** Exit status. */
  EXIT_PROCESS(7),
  /** Address of the records, their number. */
  SYSTEM_CALLS(8);

  private final int number;

  Operation(int number) {
    this.number = number;
  }

  /** Returns the place in the program's table. */
  int number() {
    return number;
  }
}
