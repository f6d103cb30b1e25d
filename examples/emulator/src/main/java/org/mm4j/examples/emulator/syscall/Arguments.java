/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import org.mm4j.AddressRange;
import org.mm4j.examples.emulator.memory.UserMemory;
import org.mm4j.examples.emulator.process.GuestProcess;
import org.mm4j.examples.emulator.process.GuestThread;

/**
 * Who makes a call, and its arguments.
 *
 * @param thread the calling thread
 */
record Arguments(GuestThread thread) {
  private static final int A0 = 10;

  /** An argument as the register holds it. */
  long get(int index) {
    return thread.hart().register(A0 + index);
  }

  /** An argument of C type int. */
  int getInt(int index) {
    return (int) get(index);
  }

  /** Two arguments: where something starts, and how long it is. */
  AddressRange range(int index) {
    return new AddressRange(get(index), get(index + 1));
  }

  GuestProcess process() {
    return thread.process();
  }

  UserMemory user() {
    return thread.process().memory().user();
  }
}
