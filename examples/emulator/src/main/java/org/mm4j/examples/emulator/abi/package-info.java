/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Numbers and layouts of the riscv64 Linux system-call interface: errno values, signals, structures
 * in user memory. Start at {@link org.mm4j.examples.emulator.abi.SyscallException}, by which every
 * adapter refuses a call. No locks.
 */
@NullMarked
package org.mm4j.examples.emulator.abi;

import org.jspecify.annotations.NullMarked;
