/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

/** Why {@link Hart#run} returned. In every case the program counter and the registers are exact. */
public enum Trap {
  /** {@code ecall}: a system call. The program counter is that of the instruction. */
  ENVIRONMENT_CALL,

  /** {@code ebreak}. The program counter is that of the instruction. */
  BREAKPOINT,

  /** An undefined instruction; see {@link Hart#trappedInstruction}. */
  ILLEGAL_INSTRUCTION,

  /**
   * A load, store, atomic or fetch that memory refused; see {@link Hart#faultSignal}, {@link
   * Hart#faultAddress} and {@link Hart#faultAccess}. The program counter is that of the
   * instruction, which had no effect.
   */
  MEMORY_FAULT,

  /**
   * The host thread was interrupted while an access waited for its page. The program counter is
   * that of the instruction; to run again is to try again.
   */
  INTERRUPTED,

  /** {@link Hart#requestStop} was called; nothing happened to the guest. */
  STOP_REQUESTED
}
