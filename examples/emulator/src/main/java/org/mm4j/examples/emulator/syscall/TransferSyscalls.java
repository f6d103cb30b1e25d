/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;
import org.mm4j.MemoryException;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.Signals;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.OpenFile;
import org.mm4j.examples.emulator.file.Readiness;
import org.mm4j.examples.emulator.memory.Struct;

/** read and write, with all their letters: v, p, 64. */
final class TransferSyscalls {
  /** How much is moved at a time; a file sees several calls for more. */
  private static final int CHUNK_BYTES = 64 << 10;

  private static final int MAX_VECTORS = 1024;
  private static final int VECTOR_BYTES = 16;

  private TransferSyscalls() {}

  static void register(SyscallTable table) {
    table.add(63, a -> read(a, single(a), atPosition(a)));
    table.add(64, a -> write(a, single(a), atPosition(a)));
    table.add(65, a -> read(a, vector(a), atPosition(a)));
    table.add(66, a -> write(a, vector(a), atPosition(a)));
    table.add(67, a -> read(a, single(a), atOffset(a)));
    table.add(68, a -> write(a, single(a), atOffset(a)));
    table.add(69, a -> read(a, vector(a), atOffset(a)));
    table.add(70, a -> write(a, vector(a), atOffset(a)));
  }

  private static OpenFile file(Arguments a) {
    return a.file(a.getInt(0));
  }

  /** The offset of the p variants; negative for the file's position. */
  private static long atPosition(Arguments a) {
    file(a);
    return -1;
  }

  private static long atOffset(Arguments a) {
    file(a);
    if (a.get(3) < 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    return a.get(3);
  }

  private static long[] single(Arguments a) {
    return new long[] {a.get(1), a.get(2)};
  }

  private static long[] vector(Arguments a) {
    int count = a.getInt(2);
    if (count < 0 || count > MAX_VECTORS) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    Struct table = Struct.read(a.user(), a.get(1), count * VECTOR_BYTES);
    long[] parts = new long[2 * count];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = table.getLong(i * Long.BYTES);
    }
    for (int i = 1; i < parts.length; i += 2) {
      if (parts[i] < 0) {
        throw new SyscallException(LinuxErrno.EINVAL);
      }
    }
    return parts;
  }

  private static long read(Arguments a, long[] parts, long offset) throws InterruptedException {
    OpenFile file = file(a);
    return transfer(
        parts,
        () -> (file.readiness() & Readiness.IN) != 0,
        (address, length, done) -> {
          MemorySegment chunk = MemorySegment.ofArray(new byte[length]);
          int read = offset < 0 ? file.read(chunk) : file.readAt(offset + done, chunk);
          int given = 0;
          try {
            given = a.user().writeUpTo(address, chunk.asSlice(0, read));
          } finally {
            if (offset < 0 && given < read) {
              file.unread(read - given);
            }
          }
          return given;
        });
  }

  private static long write(Arguments a, long[] parts, long offset) throws InterruptedException {
    OpenFile file = file(a);
    try {
      return transfer(
          parts,
          () -> true,
          (address, length, done) -> {
            MemorySegment chunk = MemorySegment.ofArray(new byte[length]);
            MemorySegment read = chunk.asSlice(0, a.user().readUpTo(address, chunk));
            return offset < 0 ? file.write(read) : file.writeAt(offset + done, read);
          });
    } catch (SyscallException refused) {
      if (refused.errno() == LinuxErrno.EPIPE) {
        a.process().signalThread(a.thread().id(), Signals.SIGPIPE, Signals.SI_USER);
      }
      throw refused;
    }
  }

  /** Moves one chunk between a file and user memory. */
  private interface ChunkMover {
    int move(long address, int length, long done) throws InterruptedException;
  }

  /** What has been moved counts; the first failure after that only ends the call. */
  private static long transfer(long[] parts, BooleanSupplier mayGoOn, ChunkMover mover)
      throws InterruptedException {
    long total = 0;
    for (int i = 0; i < parts.length; i += 2) {
      long length = parts[i + 1];
      if (length < 0) {
        throw new SyscallException(LinuxErrno.EINVAL);
      }
      for (long done = 0; done < length; ) {
        int wanted = (int) Math.min(CHUNK_BYTES, length - done);
        int moved;
        try {
          moved = mover.move(parts[i] + done, wanted, total);
        } catch (SyscallException | MemoryException failure) {
          if (total == 0) {
            throw failure;
          }
          return total;
        } catch (InterruptedException e) {
          if (total == 0) {
            throw e;
          }
          Thread.currentThread().interrupt();
          return total;
        }
        total += moved;
        done += moved;
        if (moved < wanted || !mayGoOn.getAsBoolean()) {
          return total;
        }
      }
    }
    return total;
  }
}
