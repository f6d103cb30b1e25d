/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

/** The control and status registers that user mode sees, and the instructions on them. */
final class ControlRegisters {
  private static final int FFLAGS = 0x001;
  private static final int FRM = 0x002;
  private static final int FCSR = 0x003;
  private static final int CYCLE = 0xc00;
  private static final int TIME = 0xc01;
  private static final int INSTRET = 0xc02;

  /** The counter {@code time} advances at 10 MHz. */
  private static final long NANOSECONDS_PER_TICK = 100;

  private final Hart hart;
  private final FloatStatus status;

  ControlRegisters(Hart hart, FloatStatus status) {
    this.hart = hart;
    this.status = status;
  }

  /** Executes one instruction of Zicsr; false if it is illegal, and then it changed nothing. */
  boolean execute(long instruction) {
    int lower = (int) instruction;
    int opcode = Instruction.opcode(instruction);
    int number = Instruction.immediate(instruction);
    int source = Instruction.rs1(lower);
    boolean isImmediate = opcode >= Opcode.CSRRWI;
    long operand = isImmediate ? source : hart.x[source];
    boolean isSwap = opcode == Opcode.CSRRW || opcode == Opcode.CSRRWI;
    boolean writes = isSwap || source != 0;
    if (!exists(number) || (writes && number >= CYCLE)) {
      return false;
    }
    long old = read(number);
    if (writes) {
      write(
          number,
          switch (opcode) {
            case Opcode.CSRRW, Opcode.CSRRWI -> operand;
            case Opcode.CSRRS, Opcode.CSRRSI -> old | operand;
            default -> old & ~operand;
          });
    }
    hart.x[Instruction.rd(lower)] = old;
    return true;
  }

  private static boolean exists(int number) {
    return switch (number) {
      case FFLAGS, FRM, FCSR, CYCLE, TIME, INSTRET -> true;
      default -> false;
    };
  }

  private long read(int number) {
    return switch (number) {
      case FFLAGS -> status.flags();
      case FRM -> status.roundingMode();
      case FCSR -> status.value();
      case TIME -> System.nanoTime() / NANOSECONDS_PER_TICK;
      default -> hart.instructionsRetired();
    };
  }

  private void write(int number, long value) {
    switch (number) {
      case FFLAGS -> status.setFlags((int) value);
      case FRM -> status.setRoundingMode((int) value);
      default -> status.setValue((int) value);
    }
  }
}
