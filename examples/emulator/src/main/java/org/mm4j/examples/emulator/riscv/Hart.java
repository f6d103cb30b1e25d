/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.Errno;
import org.mm4j.FaultSignal;
import org.mm4j.GuestCpu;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;

/**
 * A RISC-V hardware thread in user mode: RV64IMAFDC with Zicsr and Zifencei, on the memory that a
 * {@link GuestCpu} shows.
 *
 * <p>Owned by one host thread, which calls {@link #run} again and again and serves the traps in
 * between. Other threads may call {@link #requestStop}, {@link #requestCodeFlush} and {@link
 * #instructionsRetired} only.
 */
public final class Hart {
  private static final int REGISTERS = 32;

  private static final int STOP = 1;
  private static final int FLUSH_CODE = 2;

  private static final VarHandle REQUESTS;
  private static final VarHandle RETIRED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      REQUESTS = lookup.findVarHandle(Hart.class, "requests", int.class);
      RETIRED = lookup.findVarHandle(Hart.class, "retired", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The integer registers; {@link Instruction#DISCARD} and up are not architectural. */
  final long[] x = new long[2 * REGISTERS];

  /** The floating-point registers as bits; single precision is NaN-boxed. */
  final long[] f = new long[REGISTERS];

  final FloatStatus floatStatus = new FloatStatus();

  private final GuestCpu cpu;
  private final CodeCache codeCache;
  private final Interpreter interpreter;

  private long pc;

  /** What other threads ask for, as a set of bits; through {@link #REQUESTS} only. */
  @SuppressWarnings("unused")
  private int requests;

  /** Written by the owner, read by anyone; through {@link #RETIRED} only. */
  @SuppressWarnings("unused")
  private long retired;

  private int trappedInstruction;
  private @Nullable FaultSignal faultSignal;
  private @Nullable Access faultAccess;
  private long faultAddress;

  /**
   * A hart with all registers zero.
   *
   * @param cpu the memory; the hart enters and exits it, its owner closes it
   */
  public Hart(GuestCpu cpu) {
    this.cpu = Objects.requireNonNull(cpu, "cpu");
    this.codeCache = new CodeCache(cpu);
    this.interpreter = new Interpreter(this, cpu, codeCache);
  }

  /**
   * Executes instructions until there is something to do for the owner. The CPU is OUTSIDE before
   * and after.
   *
   * @return what there is to do; the program counter has not moved past the trapping instruction
   * @throws MemoryException if memory is gone for another reason than the guest's, such as a closed
   *     address space; the registers are exact then, too
   */
  public Trap run() {
    cpu.enter();
    try {
      while (true) {
        Trap trap = serveRequests();
        if (trap == null) {
          trap = executeFrom(pc);
        }
        if (trap != null) {
          return trap;
        }
      }
    } finally {
      cpu.exit();
    }
  }

  private @Nullable Trap executeFrom(long address) {
    DecodedBlock block;
    try {
      block = codeCache.find(address);
    } catch (MemoryAccessException fault) {
      trappedInstruction = 0;
      setMemoryFault(fault);
      return Trap.MEMORY_FAULT;
    } catch (MemoryException failure) {
      trappedInstruction = 0;
      return interruption(failure);
    }
    return interpreter.execute(block);
  }

  /** The trap for an access that was interrupted while it waited; other failures are thrown on. */
  static Trap interruption(MemoryException failure) {
    if (failure.errno() != Errno.EINTR) {
      throw failure;
    }
    return Trap.INTERRUPTED;
  }

  private @Nullable Trap serveRequests() {
    if (!hasRequests()) {
      return null;
    }
    int served = (int) REQUESTS.getAndSet(this, 0);
    if ((served & FLUSH_CODE) != 0) {
      codeCache.flush();
    }
    return (served & STOP) != 0 ? Trap.STOP_REQUESTED : null;
  }

  boolean hasRequests() {
    return (int) REQUESTS.getOpaque(this) != 0;
  }

  /**
   * Makes the current or next {@link #run} return {@link Trap#STOP_REQUESTED} at the end of a
   * block; once, however often it was called before that. From any thread.
   */
  public void requestStop() {
    REQUESTS.getAndBitwiseOr(this, STOP);
  }

  /**
   * Makes the hart drop its decoded code at the end of a block, as another hart's {@code fence.i}
   * with a system call to spread it does. From any thread.
   */
  public void requestCodeFlush() {
    REQUESTS.getAndBitwiseOr(this, FLUSH_CODE);
  }

  /** Drops the decoded code, as {@code fence.i} does. From the owner, outside {@link #run}. */
  public void flushCode() {
    codeCache.flush();
  }

  /** The address of the next instruction. */
  public long pc() {
    return pc;
  }

  /** Sets the address of the next instruction. */
  public void setPc(long address) {
    pc = address;
  }

  /** Moves the program counter past the instruction that trapped, such as an {@code ecall}. */
  public void skipTrappedInstruction() {
    pc += (trappedInstruction & 3) == 3 ? 4 : 2;
  }

  /**
   * An integer register.
   *
   * @param number 0 to 31
   */
  public long register(int number) {
    return x[Objects.checkIndex(number, REGISTERS)];
  }

  /**
   * Sets an integer register; register 0 stays zero.
   *
   * @param number 0 to 31
   */
  public void setRegister(int number, long value) {
    if (Objects.checkIndex(number, REGISTERS) != 0) {
      x[number] = value;
    }
  }

  /**
   * The bits of a floating-point register; single precision is in the lower half, below ones.
   *
   * @param number 0 to 31
   */
  public long floatRegister(int number) {
    return f[Objects.checkIndex(number, REGISTERS)];
  }

  /**
   * Sets the bits of a floating-point register.
   *
   * @param number 0 to 31
   */
  public void setFloatRegister(int number, long bits) {
    f[Objects.checkIndex(number, REGISTERS)] = bits;
  }

  /** The floating-point control and status register: flags in bits 0..4, rounding mode in 5..7. */
  public int fcsr() {
    return floatStatus.value();
  }

  /** Sets the floating-point control and status register. */
  public void setFcsr(int value) {
    floatStatus.setValue(value);
  }

  /** Takes over another hart's registers and program counter, as a new thread or process does. */
  public void copyRegistersFrom(Hart other) {
    System.arraycopy(other.x, 0, x, 0, REGISTERS);
    System.arraycopy(other.f, 0, f, 0, REGISTERS);
    floatStatus.setValue(other.floatStatus.value());
    trappedInstruction = other.trappedInstruction;
    pc = other.pc;
    interpreter.clearReservation();
  }

  /** Drops the reservation of an {@code lr}, as the kernel does when it switches contexts. */
  public void clearReservation() {
    interpreter.clearReservation();
  }

  /** How many instructions have completed; from another thread the figure is slightly old. */
  public long instructionsRetired() {
    return (long) RETIRED.getOpaque(this);
  }

  /** The bits of the instruction that trapped; 0 if it could not be fetched. */
  public int trappedInstruction() {
    return trappedInstruction;
  }

  /**
   * Why memory refused the access.
   *
   * @throws IllegalStateException if there was no {@link Trap#MEMORY_FAULT} yet
   */
  public FaultSignal faultSignal() {
    return required(faultSignal);
  }

  /**
   * What the refused access was.
   *
   * @throws IllegalStateException if there was no {@link Trap#MEMORY_FAULT} yet
   */
  public Access faultAccess() {
    return required(faultAccess);
  }

  /** The address of the refused access, which is not the program counter unless it was a fetch. */
  public long faultAddress() {
    return faultAddress;
  }

  private static <T> T required(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("no memory fault yet");
    }
    return value;
  }

  void addRetired(long instructions) {
    RETIRED.setOpaque(this, retired + instructions);
  }

  void setTrappedInstruction(int bits) {
    trappedInstruction = bits;
  }

  void setMemoryFault(MemoryAccessException fault) {
    faultSignal = fault.signal();
    faultAddress = fault.address();
    faultAccess = fault.access();
  }

  /** Atomics must be aligned; unlike other accesses they are not split. */
  void setMisalignedAtomic(long address, Access access) {
    faultSignal = FaultSignal.BUS_ADRALN;
    faultAddress = address;
    faultAccess = access;
  }

  /** The registers by name, for a crash report. */
  @Override
  public String toString() {
    return RegisterDump.of(this);
  }
}
