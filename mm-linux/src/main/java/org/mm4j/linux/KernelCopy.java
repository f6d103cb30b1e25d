/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/**
 * Copies to and from addresses inside a system call ({@code process_vm_readv}, {@code
 * process_vm_writev} on this process): a page that is not there is the kernel's to fault in, a
 * thread that waits for it holds up nobody, an address that cannot be used is EFAULT.
 */
final class KernelCopy {
  private static final int BOUNCE_BYTES = 1 << 18;
  private static final long VECTOR_BYTES = 16;

  private final SystemCalls calls;
  private final long process;

  KernelCopy(SystemCalls calls) {
    this.calls = calls;
    this.process = calls.call(SystemCall.GETPID, 0, 0, 0);
  }

  /**
   * Copies from an address into a segment.
   *
   * @return the bytes copied, or the negative errno if none were
   */
  long read(long address, MemorySegment to) {
    if (to.isNative()) {
      return move(SystemCall.PROCESS_VM_READV, address, to);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bounce = arena.allocate(Math.min(BOUNCE_BYTES, to.byteSize()), 1);
      long done = 0;
      while (done < to.byteSize()) {
        long length = Math.min(bounce.byteSize(), to.byteSize() - done);
        long moved = move(SystemCall.PROCESS_VM_READV, address + done, bounce.asSlice(0, length));
        if (moved > 0) {
          MemorySegment.copy(bounce, 0, to, done, moved);
          done += moved;
        }
        if (moved < length) {
          return done > 0 ? done : moved;
        }
      }
      return done;
    }
  }

  /**
   * Copies a segment to an address.
   *
   * @return the bytes copied, or the negative errno if none were
   */
  long write(long address, MemorySegment from) {
    if (from.isNative()) {
      return move(SystemCall.PROCESS_VM_WRITEV, address, from);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bounce = arena.allocate(Math.min(BOUNCE_BYTES, from.byteSize()), 1);
      long done = 0;
      while (done < from.byteSize()) {
        long length = Math.min(bounce.byteSize(), from.byteSize() - done);
        MemorySegment.copy(from, done, bounce, 0, length);
        long moved = move(SystemCall.PROCESS_VM_WRITEV, address + done, bounce.asSlice(0, length));
        done += Math.max(moved, 0);
        if (moved < length) {
          return done > 0 ? done : moved;
        }
      }
      return done;
    }
  }

  /** Repeats until everything is copied: one call copies at most 2 GiB. */
  private long move(SystemCall call, long address, MemorySegment memory) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate(2 * VECTOR_BYTES, Long.BYTES);
      long done = 0;
      while (done < memory.byteSize()) {
        vector(vectors, 0, memory.address() + done, memory.byteSize() - done);
        vector(vectors, VECTOR_BYTES, address + done, memory.byteSize() - done);
        long moved =
            calls.call(
                memory,
                call,
                process,
                vectors.address(),
                1,
                vectors.address() + VECTOR_BYTES,
                1,
                0);
        if (moved <= 0) {
          return done > 0 ? done : moved;
        }
        done += moved;
      }
      return done;
    }
  }

  private static void vector(MemorySegment vectors, long at, long address, long lengthBytes) {
    vectors.set(ValueLayout.JAVA_LONG, at, address);
    vectors.set(ValueLayout.JAVA_LONG, at + Long.BYTES, lengthBytes);
  }
}
