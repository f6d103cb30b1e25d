/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Writes machine code at growing addresses; knows the encoding formats, not the instructions. */
final class Assembler {
  static final int ECALL = 0x0000_0073;
  static final int EBREAK = 0x0010_0073;
  static final int FENCE_I = 0x0000_100f;

  private final long base;
  private ByteBuffer code = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

  Assembler(long base) {
    this.base = base;
  }

  long here() {
    return base + code.position();
  }

  byte[] bytes() {
    return Arrays.copyOf(code.array(), code.position());
  }

  Assembler word(int... words) {
    for (int word : words) {
      reserve(4);
      code.putInt(word);
    }
    return this;
  }

  Assembler parcel(int... parcels) {
    for (int parcel : parcels) {
      reserve(2);
      code.putShort((short) parcel);
    }
    return this;
  }

  private void reserve(int lengthBytes) {
    if (code.remaining() < lengthBytes) {
      code =
          ByteBuffer.allocate(2 * code.capacity()).order(ByteOrder.LITTLE_ENDIAN).put(code.flip());
    }
  }

  /** Loads a 32-bit signed constant: lui and addiw. */
  Assembler loadImmediate(int rd, int value) {
    return word(u(0x37, rd, value + 0x800 & ~0xfff), i(0x1b, 0, rd, rd, value << 20 >> 20));
  }

  static int r(int opcode, int funct3, int funct7, int rd, int rs1, int rs2) {
    return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
  }

  static int i(int opcode, int funct3, int rd, int rs1, int immediate) {
    return immediate << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
  }

  static int s(int opcode, int funct3, int rs1, int rs2, int immediate) {
    return immediate >> 5 << 25
        | rs2 << 20
        | rs1 << 15
        | funct3 << 12
        | (immediate & 31) << 7
        | opcode;
  }

  static int b(int funct3, int rs1, int rs2, int offset) {
    return (offset >> 12 & 1) << 31
        | (offset >> 5 & 63) << 25
        | rs2 << 20
        | rs1 << 15
        | funct3 << 12
        | (offset >> 1 & 15) << 8
        | (offset >> 11 & 1) << 7
        | 0x63;
  }

  static int u(int opcode, int rd, int upper) {
    return (upper & 0xffff_f000) | rd << 7 | opcode;
  }

  static int j(int rd, int offset) {
    return (offset >> 20 & 1) << 31
        | (offset >> 1 & 0x3ff) << 21
        | (offset >> 11 & 1) << 20
        | (offset >> 12 & 0xff) << 12
        | rd << 7
        | 0x6f;
  }

  static int addi(int rd, int rs1, int immediate) {
    return i(0x13, 0, rd, rs1, immediate);
  }
}
