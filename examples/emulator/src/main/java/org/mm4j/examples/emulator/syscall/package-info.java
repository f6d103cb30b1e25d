/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The Linux system calls of the guest, thin adapters over the library: one class per family. Start
 * at {@link org.mm4j.examples.emulator.syscall.SyscallTable}, which knows the numbers and
 * dispatches. A call that is not there answers ENOSYS and is counted for the report. No locks.
 */
@NullMarked
package org.mm4j.examples.emulator.syscall;

import org.jspecify.annotations.NullMarked;
