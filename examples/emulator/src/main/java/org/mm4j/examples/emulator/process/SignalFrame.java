/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import org.mm4j.examples.emulator.memory.MemoryLayout;
import org.mm4j.examples.emulator.memory.Struct;
import org.mm4j.examples.emulator.memory.UserMemory;
import org.mm4j.examples.emulator.riscv.Hart;

/**
 * What stands on the stack while a handler runs: siginfo, then ucontext, as riscv64 Linux lays them
 * out. The handler may change the registers in it.
 */
final class SignalFrame {
  private static final int INFO_BYTES = 128;
  private static final int CONTEXT = INFO_BYTES;
  private static final int STACK = CONTEXT + 16;
  private static final int MASK = CONTEXT + 40;
  private static final int REGISTERS = CONTEXT + 176;
  private static final int FLOATS = REGISTERS + 32 * Long.BYTES;
  private static final int CONTROL = FLOATS + 32 * Long.BYTES;
  private static final int FRAME_BYTES = FLOATS + 528;
  private static final int RA = 1;
  private static final int SP = 2;
  private static final int A0 = 10;

  private SignalFrame() {}

  /** Writes a frame below a stack pointer, and sets the hart up to run the handler. */
  static void push(
      Hart hart, UserMemory memory, SignalState state, PendingSignal signal, SignalAction action) {
    long oldPointer = hart.register(SP);
    Struct frame = new Struct(FRAME_BYTES);
    frame.setInt(0, signal.signal()).setInt(8, signal.code());
    if (signal.sender() == 0) {
      frame.setLong(16, signal.address());
    } else {
      frame.setInt(16, signal.sender());
    }
    frame
        .setLong(STACK, state.stackStart())
        .setInt(STACK + 8, state.stackFlags(oldPointer))
        .setLong(STACK + 16, state.stackBytes());
    frame.setLong(MASK, state.takeMaskToRestore());
    frame.setLong(REGISTERS, hart.pc());
    for (int i = 1; i < 32; i++) {
      frame.setLong(REGISTERS + i * Long.BYTES, hart.register(i));
    }
    for (int i = 0; i < 32; i++) {
      frame.setLong(FLOATS + i * Long.BYTES, hart.floatRegister(i));
    }
    frame.setInt(CONTROL, hart.fcsr());

    long top = state.frameTop(oldPointer, action.usesAlternateStack());
    long pointer = top - FRAME_BYTES & -16L;
    frame.write(memory, pointer);
    hart.setRegister(SP, pointer);
    hart.setRegister(RA, MemoryLayout.TRAMPOLINE);
    hart.setRegister(A0, signal.signal());
    hart.setRegister(A0 + 1, pointer);
    hart.setRegister(A0 + 2, pointer + CONTEXT);
    hart.setPc(action.handler());
  }

  /** Takes back what a handler has left in the frame at the stack pointer. */
  static void pop(Hart hart, UserMemory memory, SignalState state) {
    Struct frame = Struct.read(memory, hart.register(SP), FRAME_BYTES);
    state.setMask(frame.getLong(MASK));
    hart.setPc(frame.getLong(REGISTERS));
    for (int i = 1; i < 32; i++) {
      hart.setRegister(i, frame.getLong(REGISTERS + i * Long.BYTES));
    }
    for (int i = 0; i < 32; i++) {
      hart.setFloatRegister(i, frame.getLong(FLOATS + i * Long.BYTES));
    }
    hart.setFcsr(frame.getInt(CONTROL));
    hart.clearReservation();
  }
}
