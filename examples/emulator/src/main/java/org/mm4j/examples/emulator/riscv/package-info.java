/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A RISC-V user-mode processor: RV64IMAFDC with Zicsr and Zifencei, interpreted.
 *
 * <p>Start at {@link org.mm4j.examples.emulator.riscv.Hart}, the hardware thread: its owner calls
 * {@code run()} and serves the {@link org.mm4j.examples.emulator.riscv.Trap} that comes back.
 * Memory is an {@link org.mm4j.GuestCpu}; nothing else of the library is used.
 *
 * <p>An instruction's way: {@code CodeCache} fetches a block of them, {@code Decoder} and {@code
 * CompressedDecoder} bring each into the packed form of {@code Instruction}, {@code Interpreter}
 * executes {@code DecodedBlock}s, with the help of {@code IntegerArithmetic}, {@code
 * AtomicInstructions}, {@code ControlRegisters} and {@code FloatInstructions}. Floating point is
 * the host's where its result and flags are certain ({@code FloatingPoint}), else exact ({@code
 * ExactArithmetic}).
 *
 * <p>There are no locks. A hart belongs to one host thread; other threads reach it through two
 * opaque fields. The hart is INSIDE its CPU while it executes or fetches, and polls at the end of
 * every block.
 */
@NullMarked
package org.mm4j.examples.emulator.riscv;

import org.jspecify.annotations.NullMarked;
