/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import org.mm4j.AddressRange;
import org.mm4j.UserAddresses;

/**
 * Where the executor's own memory lies in every process: code, stacks, and what it shares with the
 * JVM. The same numbers are at the top of {@code executor.s}.
 *
 * <p>All of it is within {@link #RESERVED}, the last 128 MiB of the user addresses, where the
 * kernel places no mapping unasked. Whoever compares with another kernel keeps out of that range on
 * both sides; everything else is free, from {@link UserAddresses#LOWEST} on.
 */
public final class ExecutorArea {
  /** The addresses that belong to the executor. Nothing else of a process is ever mapped by it. */
  public static final AddressRange RESERVED =
      new AddressRange(UserAddresses.END - (128L << 20), 128L << 20);

  /** How many lanes all processes of an executor can have, one per process included for itself. */
  public static final int SLOTS = 128;

  /** How many processes an executor can have at a time. */
  public static final int PROCESSES = 32;

  /** The length of a lane's scratch memory: 32 KiB. */
  public static final long LANE_SCRATCH_BYTES = 32L << 10;

  /** The length of a process's scratch memory: 2 MiB. */
  public static final long PROCESS_SCRATCH_BYTES = 2L << 20;

  static final long MAGIC = 0x6d6d_346a_6578_6531L;
  static final long MAGIC_OFFSET = 0;
  static final long SPINS_OFFSET = 8;
  static final long SLOT_BYTES = 256;
  static final long SHARED_BYTES = 0x500_0000;

  private static final long WATCHER_STACK_TOP = RESERVED.start() + 0x20_0000;
  private static final long STACK_BYTES = 16L << 10;
  private static final long SHARED = RESERVED.start() + 0x40_0000;
  private static final long SLOTS_OFFSET = 0x1000;
  private static final long LANE_MEMORY_BYTES = 2 * LANE_SCRATCH_BYTES;
  private static final long LANE_SCRATCH_OFFSET = 0x1_0000;
  private static final long PROCESS_SCRATCH_OFFSET = 0x100_0000;

  private ExecutorArea() {}

  static boolean contains(long start, long end) {
    return start >= RESERVED.start() && end <= UserAddresses.END;
  }

  static long slotOffset(int slot) {
    return SLOTS_OFFSET + slot * SLOT_BYTES;
  }

  static long stackTop(int slot) {
    return WATCHER_STACK_TOP + (slot + 1) * STACK_BYTES;
  }

  static long laneScratchOffset(int slot) {
    return LANE_SCRATCH_OFFSET + slot * LANE_MEMORY_BYTES;
  }

  /** Memory of the same length, through which a lane's copies to and from the JVM go. */
  static long laneBounceOffset(int slot) {
    return laneScratchOffset(slot) + LANE_SCRATCH_BYTES;
  }

  static long processScratchOffset(int process) {
    return PROCESS_SCRATCH_OFFSET + process * PROCESS_SCRATCH_BYTES;
  }

  /** Returns the address, in every process, of an offset into the shared area. */
  static long address(long sharedOffset) {
    return SHARED + sharedOffset;
  }
}
