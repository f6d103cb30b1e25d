/* SPDX-License-Identifier: Apache-2.0 */
/**
 * ELF files of static riscv64 programs: read and checked by {@link
 * org.mm4j.examples.emulator.elf.ElfFile}, put into memory by {@link
 * org.mm4j.examples.emulator.elf.ProgramLoader}, given arguments by {@code InitialStack}. No locks;
 * everything happens before the guest runs.
 */
@NullMarked
package org.mm4j.examples.emulator.elf;

import org.jspecify.annotations.NullMarked;
