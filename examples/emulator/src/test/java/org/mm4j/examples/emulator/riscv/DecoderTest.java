/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
  @ParameterizedTest
  @ValueSource(
      longs = {
        0xffff_ffffL, // all ones
        0x0000_7003L, // load, funct3 7
        0x0000_4023L, // store, funct3 4
        0x0000_2063L, // branch, funct3 2
        0x0000_1067L, // jalr, funct3 1
        0x0000_200fL, // cache-block operation
        0x0400_1013L, // slli with funct6 1
        0x0200_101bL, // slliw by 32
        0x4000_101bL, // slliw with bit 30
        0x4000_1033L, // sll with bit 30
        0x0200_103bL, // mulw, funct3 1
        0x0000_0053L | 5 << 12, // fadd.s with rounding mode 5
        0x0600_0053L, // fadd in quad precision
        0x0400_0053L, // fadd in half precision
        0x5810_0053L, // fsqrt.s with rs2
        0x4000_0053L, // fcvt.s.s
        0xc040_0053L, // fcvt with rs2 4
        0x1010_202fL, // lr.w with rs2
        0x0000_102fL, // atomic on halfwords
        0x2800_202fL, // atomic with an unknown function
        0x3020_0073L, // mret
        0x1050_0073L, // wfi
        0x0020_0073L, // uret
        0x0000_4073L, // system, funct3 4
        0x0000_006bL, // reserved major opcode
        0x0000_0057L, // vector
        0x0000_001fL, // longer than four bytes
      })
  void reservedWordsAreIllegal(long word) {
    long instruction = Decoder.decode((int) word);
    assertEquals(Opcode.ILLEGAL, Instruction.opcode(instruction));
    assertEquals((int) word, Instruction.immediate(instruction));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0x00000073 | ecall",
        "0xfff50513 | addi a0, a0, -1",
        "0x00b50633 | add a2, a0, a1",
        "0xff843783 | ld a5, -8(s0)",
        "0xfef43c27 | fsd fa5, -8(s0)",
        "0xfe0518e3 | bne a0, zero, 0xff0",
        "0x0100006f | jal zero, 0x1010",
        "0x12345537 | lui a0, 0x12345",
        "0x00302573 | csrrs a0, 0x003, zero",
        "0x100526af | lr.w a3, (a0)",
        "0x18d5262f | sc.w a2, a3, (a0)",
        "0x02c5f553 | fadd.d fa0, fa1, fa2",
        "0x6a25f543 | fmadd.d fa0, fa1, ft2, fa3",
        "0xc2051553 | fcvt.w.d a0, fa0, rtz",
        "0x00000001 | addi zero, zero, 0",
        "0x00008082 | jalr zero, 0(ra)",
        "0x00000000 | illegal 0x0000",
        "0xffffffff | illegal 0xffffffff",
      })
  void disassemblyNamesWhatTheAssemblerNames(String bits, String text) {
    assertEquals(text, Disassembler.disassemble(0x1000, (int) Long.decode(bits).longValue()));
  }

  @Test
  void everyOpcodeHasItsOwnMnemonic() {
    Set<String> seen = new HashSet<>();
    for (int opcode = 0; opcode < Opcode.COUNT; opcode++) {
      assertTrue(seen.add(Opcode.mnemonic(opcode)), "opcode " + opcode);
    }
    assertTrue(Opcode.COUNT <= 256);
    assertEquals("fcvt.w.s", Opcode.mnemonic(Opcode.FCVT_W_S));
  }

  @Test
  void doublesRepeatTheOrderOfSinglesAndDoublewordsThatOfWords() {
    for (int i = 0; i < Opcode.FMADD_D - Opcode.FMADD_S; i++) {
      String single = Opcode.mnemonic(Opcode.FMADD_S + i);
      String twin = Opcode.mnemonic(Opcode.FMADD_D + i);
      if (!single.startsWith("fcvt") && !single.startsWith("fmv")) {
        assertEquals(single.replace(".s", ".d"), twin);
      }
    }
    for (int i = 0; i < Opcode.LR_D - Opcode.LR_W; i++) {
      assertEquals(
          Opcode.mnemonic(Opcode.LR_W + i).replace(".w", ".d"), Opcode.mnemonic(Opcode.LR_D + i));
    }
  }

  @Test
  void everyCompressedReservedEncodingIsIllegalAndNoOther() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      if ((bits & 3) == 3) {
        continue;
      }
      long instruction = CompressedDecoder.decode(bits);
      boolean isIllegal = Instruction.opcode(instruction) == Opcode.ILLEGAL;
      assertEquals(isReserved(bits), isIllegal, String.format("parcel 0x%04x", bits));
      assertEquals(2, Instruction.lengthBytes(instruction));
    }
  }

  /** The reserved rows of the specification's RVC tables for RV64, written down once more. */
  private static boolean isReserved(int bits) {
    int funct3 = bits >>> 13;
    int rd = bits >>> 7 & 31;
    boolean noImmediate = (bits & 0x107c) == 0;
    return switch (bits & 3) {
      case 0 -> (funct3 == 0 && (bits & 0x1fe0) == 0) || funct3 == 4;
      case 1 ->
          (funct3 == 1 && rd == 0)
              || (funct3 == 3 && noImmediate)
              || (funct3 == 4 && (bits & 0x1c00) == 0x1c00 && (bits & 0x40) != 0);
      default ->
          ((funct3 == 2 || funct3 == 3) && rd == 0)
              || (funct3 == 4 && (bits & 0x1000) == 0 && rd == 0 && (bits & 0x7c) == 0);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0x0808 | addi a0, sp, 16",
        "0x4108 | lw a0, 0(a0)",
        "0x6588 | ld a0, 8(a1)",
        "0x2588 | fld fa0, 8(a1)",
        "0xc108 | sw a0, 0(a0)",
        "0x157d | addi a0, a0, -1",
        "0x357d | addiw a0, a0, -1",
        "0x7139 | addi sp, sp, -64",
        "0x757d | lui a0, 0xfffff",
        "0x9505 | srai a0, a0, 33",
        "0x8d0d | sub a0, a0, a1",
        "0x9d2d | addw a0, a0, a1",
        "0xbfcd | jal zero, 0xff2",
        "0xdd75 | beq a0, zero, 0xffc",
        "0x1502 | slli a0, a0, 32",
        "0x6522 | ld a0, 8(sp)",
        "0x852e | add a0, zero, a1",
        "0x952e | add a0, a0, a1",
        "0x9502 | jalr ra, 0(a0)",
        "0x9002 | ebreak",
        "0xe42a | sd a0, 8(sp)",
        "0xa42a | fsd fa0, 8(sp)",
      })
  void compressedInstructionsExpand(String bits, String text) {
    assertEquals(text, Disassembler.disassemble(0x1000, Integer.decode(bits)));
    assertNotEquals(3, Integer.decode(bits) & 3);
  }
}
