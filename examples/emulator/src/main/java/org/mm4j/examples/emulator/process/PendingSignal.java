/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import org.jspecify.annotations.Nullable;
import org.mm4j.Access;

/**
 * A signal on its way to a thread: {@code siginfo_t}.
 *
 * @param signal the number
 * @param code si_code
 * @param address si_addr of a fault
 * @param access what was tried, or null
 * @param sender the sending process's id, or 0 for a fault
 */
record PendingSignal(int signal, int code, long address, @Nullable Access access, int sender) {
  static PendingSignal fault(int signal, int code, long address, @Nullable Access access) {
    return new PendingSignal(signal, code, address, access, 0);
  }

  static PendingSignal sent(int signal, int code, int sender) {
    return new PendingSignal(signal, code, 0, null, sender);
  }
}
