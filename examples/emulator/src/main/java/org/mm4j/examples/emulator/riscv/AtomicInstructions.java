/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.lang.invoke.VarHandle;
import org.mm4j.Access;
import org.mm4j.GuestCpu;

/**
 * The A extension.
 *
 * <p>A reservation is the address and the value that {@code lr} saw; {@code sc} succeeds by
 * compare-and-exchange against that value. A store of the same value in between goes unnoticed,
 * which a program cannot tell from no store, except for the ABA pattern that the usual loops do not
 * depend on. Every read-modify-write is sequentially consistent, so only {@code lr} needs fences.
 */
final class AtomicInstructions {
  private final Hart hart;
  private final GuestCpu cpu;
  private final long[] x;

  /** The width in bytes that is reserved, or 0. */
  private int reservedBytes;

  private long reservedAddress;
  private long reservedValue;

  AtomicInstructions(Hart hart, GuestCpu cpu) {
    this.hart = hart;
    this.cpu = cpu;
    this.x = hart.x;
  }

  void clearReservation() {
    reservedBytes = 0;
  }

  /** Executes one instruction of the A extension; false if its address is not aligned. */
  boolean execute(long instruction) {
    int lower = (int) instruction;
    int opcode = Instruction.opcode(instruction);
    boolean isWord = opcode < Opcode.LR_D;
    long address = x[Instruction.rs1(lower)];
    if ((address & (isWord ? 3 : 7)) != 0) {
      hart.setMisalignedAtomic(
          address, opcode == Opcode.LR_W || opcode == Opcode.LR_D ? Access.READ : Access.WRITE);
      return false;
    }
    long operand = x[Instruction.rs2(lower)];
    x[Instruction.rd(lower)] =
        switch (opcode) {
          case Opcode.LR_W, Opcode.LR_D ->
              loadReserved(isWord, address, Instruction.immediate(instruction));
          case Opcode.SC_W, Opcode.SC_D -> storeConditional(isWord, address, operand);
          default ->
              isWord
                  ? modifyWord(opcode, address, (int) operand)
                  : modifyDoubleword(opcode, address, operand);
        };
    return true;
  }

  private long loadReserved(boolean isWord, long address, int ordering) {
    reservedBytes = 0;
    if ((ordering & 1) != 0) {
      VarHandle.fullFence();
    }
    long value = isWord ? cpu.loadInt(address) : cpu.loadLong(address);
    if (ordering != 0) {
      VarHandle.fullFence();
    }
    reservedBytes = isWord ? 4 : 8;
    reservedAddress = address;
    reservedValue = value;
    return value;
  }

  /** 0 if the store happened, else 1. */
  private long storeConditional(boolean isWord, long address, long value) {
    boolean isReserved = reservedBytes == (isWord ? 4 : 8) && reservedAddress == address;
    reservedBytes = 0;
    if (!isReserved) {
      return 1;
    }
    long witness =
        isWord
            ? cpu.compareAndExchangeInt(address, (int) reservedValue, (int) value)
            : cpu.compareAndExchangeLong(address, reservedValue, value);
    return witness == reservedValue ? 0 : 1;
  }

  private long modifyWord(int opcode, long address, int operand) {
    int old = cpu.loadInt(address);
    while (true) {
      int witness = cpu.compareAndExchangeInt(address, old, combineWords(opcode, old, operand));
      if (witness == old) {
        return old;
      }
      old = witness;
    }
  }

  private long modifyDoubleword(int opcode, long address, long operand) {
    long old = cpu.loadLong(address);
    while (true) {
      long witness =
          cpu.compareAndExchangeLong(address, old, combineDoublewords(opcode, old, operand));
      if (witness == old) {
        return old;
      }
      old = witness;
    }
  }

  private static int combineWords(int opcode, int old, int operand) {
    return switch (opcode) {
      case Opcode.AMOSWAP_W -> operand;
      case Opcode.AMOADD_W -> old + operand;
      case Opcode.AMOXOR_W -> old ^ operand;
      case Opcode.AMOAND_W -> old & operand;
      case Opcode.AMOOR_W -> old | operand;
      case Opcode.AMOMIN_W -> Math.min(old, operand);
      case Opcode.AMOMAX_W -> Math.max(old, operand);
      case Opcode.AMOMINU_W -> Integer.compareUnsigned(old, operand) < 0 ? old : operand;
      default -> Integer.compareUnsigned(old, operand) > 0 ? old : operand;
    };
  }

  private static long combineDoublewords(int opcode, long old, long operand) {
    return switch (opcode) {
      case Opcode.AMOSWAP_D -> operand;
      case Opcode.AMOADD_D -> old + operand;
      case Opcode.AMOXOR_D -> old ^ operand;
      case Opcode.AMOAND_D -> old & operand;
      case Opcode.AMOOR_D -> old | operand;
      case Opcode.AMOMIN_D -> Math.min(old, operand);
      case Opcode.AMOMAX_D -> Math.max(old, operand);
      case Opcode.AMOMINU_D -> Long.compareUnsigned(old, operand) < 0 ? old : operand;
      default -> Long.compareUnsigned(old, operand) > 0 ? old : operand;
    };
  }
}
