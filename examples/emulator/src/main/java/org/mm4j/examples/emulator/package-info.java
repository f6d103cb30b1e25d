/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Unmodified static RISC-V Linux programs on library memory.
 *
 * <p>Start at {@link org.mm4j.examples.emulator.EmulatorMain}. The packages, each using those
 * before it: {@code abi} (numbers), {@code memory} (the guest's memory on the library), {@code elf}
 * (programs), {@code file} (open files), {@code riscv} (the processor), {@code process} (processes
 * and threads), {@code syscall} (the system calls), {@code machine} (one run), {@code report} (what
 * people see), {@code cli} (the command line).
 */
@NullMarked
package org.mm4j.examples.emulator;

import org.jspecify.annotations.NullMarked;
