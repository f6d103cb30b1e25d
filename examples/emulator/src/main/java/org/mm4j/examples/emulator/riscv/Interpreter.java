/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.mm4j.GuestCpu;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;

/**
 * The inner loop: executes decoded blocks one after the other.
 *
 * <p>{@link #execute} is one long method on purpose. The JIT turns its switch into a jump table and
 * keeps the loop's state in registers only if everything that runs often is in one method, and it
 * compiles no method of more than 8000 bytecodes; a test watches that limit. What runs rarely or
 * takes long anyway (atomics, floating point, control registers) is behind a call.
 */
final class Interpreter {
  /** After so many blocks the loop returns, so that the caller's compiled entry is used. */
  private static final int BLOCKS_PER_CALL = 10_000;

  private final Hart hart;
  private final GuestCpu cpu;
  private final CodeCache codeCache;
  private final long[] x;
  private final long[] f;
  private final AtomicInstructions atomics;
  private final FloatInstructions floats;
  private final ControlRegisters controlRegisters;

  Interpreter(Hart hart, GuestCpu cpu, CodeCache codeCache) {
    this.hart = hart;
    this.cpu = cpu;
    this.codeCache = codeCache;
    this.x = hart.x;
    this.f = hart.f;
    this.atomics = new AtomicInstructions(hart, cpu);
    this.floats = new FloatInstructions(hart);
    this.controlRegisters = new ControlRegisters(hart, hart.floatStatus);
  }

  void clearReservation() {
    atomics.clearReservation();
  }

  /**
   * Executes blocks, beginning with the given one, until a trap, or until the next block is not at
   * hand or something was requested of the hart; then the result is null and the hart's program
   * counter is where to go on.
   *
   * <p>Called INSIDE; INSIDE when it returns, unless memory refused or interrupted an access.
   *
   * @throws MemoryException if memory failed for a reason that no trap stands for
   */
  @Nullable Trap execute(DecodedBlock first) {
    final GuestCpu cpu = this.cpu;
    final long[] x = this.x;
    final long[] f = this.f;
    final @Nullable DecodedBlock[] buckets = codeCache.buckets();
    DecodedBlock block = first;
    // Completed blocks count fully; `index` is that of the next instruction in the current one.
    long retired = 0;
    int index = 0;
    try {
      for (int blocksLeft = BLOCKS_PER_CALL; ; blocksLeft--) {
        final long[] code = block.code;
        final long start = block.start;
        long next;
        index = 0;
        block:
        while (true) {
          final long instruction = code[index++];
          final int lower = (int) instruction;
          final int rd = Instruction.rd(lower);
          final int rs1 = Instruction.rs1(lower);
          final int rs2 = Instruction.rs2(lower);
          final int immediate = Instruction.immediate(instruction);
          switch (Instruction.opcode(lower)) {
            case Opcode.END_OF_BLOCK -> {
              index--;
              next = block.end;
              break block;
            }
            case Opcode.LUI -> x[rd] = immediate;
            case Opcode.AUIPC -> x[rd] = start + immediate;
            case Opcode.JAL -> {
              x[rd] = block.end;
              next = start + immediate;
              break block;
            }
            case Opcode.JALR -> {
              next = x[rs1] + immediate & ~1L;
              x[rd] = block.end;
              break block;
            }
            case Opcode.BEQ -> {
              if (x[rs1] == x[rs2]) {
                next = start + immediate;
                break block;
              }
            }
            case Opcode.BNE -> {
              if (x[rs1] != x[rs2]) {
                next = start + immediate;
                break block;
              }
            }
            case Opcode.BLT -> {
              if (x[rs1] < x[rs2]) {
                next = start + immediate;
                break block;
              }
            }
            case Opcode.BGE -> {
              if (x[rs1] >= x[rs2]) {
                next = start + immediate;
                break block;
              }
            }
            case Opcode.BLTU -> {
              if (Long.compareUnsigned(x[rs1], x[rs2]) < 0) {
                next = start + immediate;
                break block;
              }
            }
            case Opcode.BGEU -> {
              if (Long.compareUnsigned(x[rs1], x[rs2]) >= 0) {
                next = start + immediate;
                break block;
              }
            }
            case Opcode.LB -> x[rd] = cpu.loadByte(x[rs1] + immediate);
            case Opcode.LH -> x[rd] = cpu.loadShort(x[rs1] + immediate);
            case Opcode.LW -> x[rd] = cpu.loadInt(x[rs1] + immediate);
            case Opcode.LD -> x[rd] = cpu.loadLong(x[rs1] + immediate);
            case Opcode.LBU -> x[rd] = cpu.loadByte(x[rs1] + immediate) & 0xff;
            case Opcode.LHU -> x[rd] = cpu.loadShort(x[rs1] + immediate) & 0xffff;
            case Opcode.LWU -> x[rd] = cpu.loadInt(x[rs1] + immediate) & 0xffff_ffffL;
            case Opcode.FLW -> f[rd] = FloatInstructions.box(cpu.loadInt(x[rs1] + immediate));
            case Opcode.FLD -> f[rd] = cpu.loadLong(x[rs1] + immediate);
            case Opcode.SB -> cpu.storeByte(x[rs1] + immediate, (byte) x[rs2]);
            case Opcode.SH -> cpu.storeShort(x[rs1] + immediate, (short) x[rs2]);
            case Opcode.SW -> cpu.storeInt(x[rs1] + immediate, (int) x[rs2]);
            case Opcode.SD -> cpu.storeLong(x[rs1] + immediate, x[rs2]);
            case Opcode.FSW -> cpu.storeInt(x[rs1] + immediate, (int) f[rs2]);
            case Opcode.FSD -> cpu.storeLong(x[rs1] + immediate, f[rs2]);
            case Opcode.ADDI -> x[rd] = x[rs1] + immediate;
            case Opcode.SLTI -> x[rd] = x[rs1] < immediate ? 1 : 0;
            case Opcode.SLTIU -> x[rd] = Long.compareUnsigned(x[rs1], immediate) < 0 ? 1 : 0;
            case Opcode.XORI -> x[rd] = x[rs1] ^ immediate;
            case Opcode.ORI -> x[rd] = x[rs1] | immediate;
            case Opcode.ANDI -> x[rd] = x[rs1] & immediate;
            case Opcode.SLLI -> x[rd] = x[rs1] << immediate;
            case Opcode.SRLI -> x[rd] = x[rs1] >>> immediate;
            case Opcode.SRAI -> x[rd] = x[rs1] >> immediate;
            case Opcode.ADDIW -> x[rd] = (int) (x[rs1] + immediate);
            case Opcode.SLLIW -> x[rd] = (int) (x[rs1] << immediate);
            case Opcode.SRLIW -> x[rd] = (int) ((x[rs1] & 0xffff_ffffL) >>> immediate);
            case Opcode.SRAIW -> x[rd] = (int) x[rs1] >> immediate;
            case Opcode.ADD -> x[rd] = x[rs1] + x[rs2];
            case Opcode.SUB -> x[rd] = x[rs1] - x[rs2];
            case Opcode.SLL -> x[rd] = x[rs1] << x[rs2];
            case Opcode.SLT -> x[rd] = x[rs1] < x[rs2] ? 1 : 0;
            case Opcode.SLTU -> x[rd] = Long.compareUnsigned(x[rs1], x[rs2]) < 0 ? 1 : 0;
            case Opcode.XOR -> x[rd] = x[rs1] ^ x[rs2];
            case Opcode.SRL -> x[rd] = x[rs1] >>> x[rs2];
            case Opcode.SRA -> x[rd] = x[rs1] >> x[rs2];
            case Opcode.OR -> x[rd] = x[rs1] | x[rs2];
            case Opcode.AND -> x[rd] = x[rs1] & x[rs2];
            case Opcode.ADDW -> x[rd] = (int) (x[rs1] + x[rs2]);
            case Opcode.SUBW -> x[rd] = (int) (x[rs1] - x[rs2]);
            case Opcode.SLLW -> x[rd] = (int) (x[rs1] << (x[rs2] & 31));
            case Opcode.SRLW -> x[rd] = (int) ((x[rs1] & 0xffff_ffffL) >>> (x[rs2] & 31));
            case Opcode.SRAW -> x[rd] = (int) x[rs1] >> (int) x[rs2];
            case Opcode.MUL -> x[rd] = x[rs1] * x[rs2];
            case Opcode.MULW -> x[rd] = (int) (x[rs1] * x[rs2]);
            case Opcode.MULH,
                Opcode.MULHSU,
                Opcode.MULHU,
                Opcode.DIV,
                Opcode.DIVU,
                Opcode.REM,
                Opcode.REMU,
                Opcode.DIVW,
                Opcode.DIVUW,
                Opcode.REMW,
                Opcode.REMUW ->
                x[rd] = IntegerArithmetic.execute(Instruction.opcode(lower), x[rs1], x[rs2]);
            case Opcode.FENCE -> VarHandle.fullFence();
            case Opcode.FENCE_I -> {
              codeCache.flush();
              next = block.end;
              break block;
            }
            case Opcode.CSRRW,
                Opcode.CSRRS,
                Opcode.CSRRC,
                Opcode.CSRRWI,
                Opcode.CSRRSI,
                Opcode.CSRRCI -> {
              // The counters must be exact when they are read.
              hart.addRetired(retired + index - 1);
              retired = 1L - index;
              if (!controlRegisters.execute(instruction)) {
                return trap(Trap.ILLEGAL_INSTRUCTION, block, index - 1, retired);
              }
            }
            case Opcode.ECALL -> {
              return trap(Trap.ENVIRONMENT_CALL, block, index - 1, retired);
            }
            case Opcode.EBREAK -> {
              return trap(Trap.BREAKPOINT, block, index - 1, retired);
            }
            case Opcode.ILLEGAL -> {
              return trap(Trap.ILLEGAL_INSTRUCTION, block, index - 1, retired);
            }
            default -> {
              Trap trap = executeRare(instruction);
              if (trap != null) {
                return trap(trap, block, index - 1, retired);
              }
            }
          }
        }
        retired += index;
        index = 0;
        cpu.poll();
        DecodedBlock candidate = buckets[CodeCache.bucketOf(next, buckets.length)];
        if (candidate == null
            || candidate.start != next
            || candidate.generation != cpu.translationGeneration()
            || blocksLeft == 0
            || hart.hasRequests()) {
          hart.addRetired(retired);
          hart.setPc(next);
          return null;
        }
        block = candidate;
      }
    } catch (MemoryAccessException fault) {
      hart.setMemoryFault(fault);
      return trap(Trap.MEMORY_FAULT, block, index - 1, retired);
    } catch (MemoryException failure) {
      // The state must be exact before anything is thrown on.
      trap(Trap.INTERRUPTED, block, index - 1, retired);
      return Hart.interruption(failure);
    }
  }

  /** Atomics and floating point. */
  private @Nullable Trap executeRare(long instruction) {
    if (Instruction.opcode(instruction) >= Opcode.FMADD_S) {
      return floats.execute(instruction) ? null : Trap.ILLEGAL_INSTRUCTION;
    }
    return atomics.execute(instruction) ? null : Trap.MEMORY_FAULT;
  }

  /** Leaves the program counter at the instruction with this index, which did not retire. */
  private Trap trap(Trap trap, DecodedBlock block, int index, long retired) {
    long address = block.addressOf(index);
    hart.setPc(address);
    hart.setTrappedInstruction(block.bitsAt(address));
    hart.addRetired(retired + index);
    return trap;
  }
}
