/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

/**
 * The decoded form of one instruction, packed into a {@code long}.
 *
 * <pre>
 * bits  0..7   opcode                       {@link Opcode}
 * bits  8..13  rd                           integer x0 as a destination is {@link #DISCARD}
 * bits 14..18  rs1                          or the five-bit immediate of csrrwi, csrrsi, csrrci
 * bits 19..23  rs2
 * bit  24      four bytes long (else two)
 * bits 32..63  immediate, signed            floating point: rs3 in bits 3..7, rounding mode in 0..2
 *                                           atomics: aq in bit 1, rl in bit 0; csr: its number
 * </pre>
 *
 * <p>Writes to x0 go to a register that nobody reads, so that execution needs no test for it.
 */
final class Instruction {
  /** The register that takes what is written to x0. */
  static final int DISCARD = 32;

  private static final int RD_SHIFT = 8;
  private static final int RS1_SHIFT = 14;
  private static final int RS2_SHIFT = 19;
  private static final int LENGTH_BIT = 24;
  private static final int IMMEDIATE_SHIFT = 32;

  private Instruction() {}

  /** Packs an instruction of four bytes whose destination, if any, is taken as it is. */
  static long pack(int opcode, int rd, int rs1, int rs2, int immediate) {
    return opcode
        | (long) rd << RD_SHIFT
        | (long) rs1 << RS1_SHIFT
        | (long) rs2 << RS2_SHIFT
        | 1L << LENGTH_BIT
        | (long) immediate << IMMEDIATE_SHIFT;
  }

  /** Packs an instruction of four bytes whose destination is an integer register. */
  static long packInteger(int opcode, int rd, int rs1, int rs2, int immediate) {
    return pack(opcode, rd == 0 ? DISCARD : rd, rs1, rs2, immediate);
  }

  /** The same instruction, encoded in two bytes. */
  static long compressed(long instruction) {
    return instruction & ~(1L << LENGTH_BIT);
  }

  /** The same instruction with another immediate. */
  static long withImmediate(long instruction, int immediate) {
    return (instruction & 0xffff_ffffL) | (long) immediate << IMMEDIATE_SHIFT;
  }

  static int opcode(long instruction) {
    return (int) instruction & 0xff;
  }

  static int immediate(long instruction) {
    return (int) (instruction >> IMMEDIATE_SHIFT);
  }

  static int lengthBytes(long instruction) {
    return 2 << ((int) (instruction >>> LENGTH_BIT) & 1);
  }

  /** The destination; the argument is the lower half of an instruction. */
  static int rd(int lower) {
    return lower >>> RD_SHIFT & 63;
  }

  /** The first source; the argument is the lower half of an instruction. */
  static int rs1(int lower) {
    return lower >>> RS1_SHIFT & 31;
  }

  /** The second source; the argument is the lower half of an instruction. */
  static int rs2(int lower) {
    return lower >>> RS2_SHIFT & 31;
  }

  /** The third source of a fused multiply-add; the argument is the immediate. */
  static int rs3(int immediate) {
    return immediate >>> 3 & 31;
  }

  /** The rounding mode field of a floating-point operation; the argument is the immediate. */
  static int roundingMode(int immediate) {
    return immediate & 7;
  }
}
