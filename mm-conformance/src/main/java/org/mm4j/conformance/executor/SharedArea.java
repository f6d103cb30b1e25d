/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** The JVM's view of the memory that it shares with all processes of an executor. */
final class SharedArea {
  private static final VarHandle LONG = JAVA_LONG.varHandle();

  private final MemorySegment memory;
  private final Futex futex;

  SharedArea(MemorySegment memory, Futex futex) {
    this.memory = memory;
    this.futex = futex;
  }

  /** Says how often a lane looks for a command before it sleeps. */
  void setSpins(int spins) {
    memory.set(JAVA_INT, ExecutorArea.SPINS_OFFSET, spins);
  }

  /** Returns whether the program has everything in place. */
  boolean isInPlace() {
    return (long) LONG.getVolatile(memory, ExecutorArea.MAGIC_OFFSET) == ExecutorArea.MAGIC;
  }

  LaneSlot slot(int index) {
    return new LaneSlot(
        memory.asSlice(ExecutorArea.slotOffset(index), ExecutorArea.SLOT_BYTES), futex);
  }

  MemorySegment laneScratch(int index) {
    return memory.asSlice(ExecutorArea.laneScratchOffset(index), ExecutorArea.LANE_SCRATCH_BYTES);
  }

  MemorySegment laneBounce(int index) {
    return memory.asSlice(ExecutorArea.laneBounceOffset(index), ExecutorArea.LANE_SCRATCH_BYTES);
  }

  MemorySegment processScratch(int index) {
    return memory.asSlice(
        ExecutorArea.processScratchOffset(index), ExecutorArea.PROCESS_SCRATCH_BYTES);
  }
}
