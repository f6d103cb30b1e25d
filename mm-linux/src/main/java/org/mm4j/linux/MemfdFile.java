/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import org.mm4j.Errno;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.Seal;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/**
 * A memfd. Its position is used for nothing but {@code SEEK_DATA} and {@code SEEK_HOLE}, which
 * return what they move it to.
 */
final class MemfdFile implements MemoryFile {
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int F_ADD_SEALS = 1033;
  private static final int F_GET_SEALS = 1034;
  private static final int PUNCH_HOLE_KEEP_SIZE = 3;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_SIZE_AND_BLOCKS = 0x600;
  private static final long STATX_BYTES = 256;
  private static final long STATX_SIZE_OFFSET = 0x28;
  private static final long STATX_BLOCKS_OFFSET = 0x30;

  /** How much of a heap segment goes through native memory at a time. */
  private static final int BOUNCE_BYTES = 1 << 18;

  private final SystemCalls calls;
  private final String name;
  private final Descriptor descriptor;

  private MemfdFile(SystemCalls calls, String name, Descriptor descriptor) {
    this.calls = calls;
    this.name = name;
    this.descriptor = descriptor;
  }

  static MemfdFile create(SystemCalls calls, String name, Set<MemoryFileFlag> flags) {
    int bits = MFD_CLOEXEC;
    if (flags.contains(MemoryFileFlag.ALLOW_SEALING)) {
      bits |= MFD_ALLOW_SEALING;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      long number = calls.call(text, SystemCall.MEMFD_CREATE, text.address(), bits, 0);
      Refusal.check(number, "memfd_create", name.length());
      return new MemfdFile(calls, name, new Descriptor(calls, (int) number, "memory file " + name));
    }
  }

  /** The descriptor, for a mapping. */
  Descriptor descriptor() {
    return descriptor;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long sizeBytes() {
    return status(STATX_SIZE_OFFSET);
  }

  @Override
  public long blocks() {
    return status(STATX_BLOCKS_OFFSET);
  }

  private long status(long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("");
      MemorySegment status = arena.allocate(STATX_BYTES, Long.BYTES);
      long result =
          descriptor.use(
              fd ->
                  calls.call(
                      SystemCall.STATX,
                      fd,
                      path.address(),
                      AT_EMPTY_PATH,
                      STATX_SIZE_AND_BLOCKS,
                      status.address(),
                      0));
      Refusal.check(result, "statx", 0);
      return status.get(ValueLayout.JAVA_LONG, offset);
    }
  }

  @Override
  public void truncate(long sizeBytes) {
    long result = descriptor.use(fd -> calls.call(SystemCall.FTRUNCATE, fd, sizeBytes, 0));
    Refusal.check(result, "ftruncate", sizeBytes);
  }

  @Override
  public void allocate(long offsetBytes, long lengthBytes) {
    fallocate(0, offsetBytes, lengthBytes);
  }

  @Override
  public void punchHole(long offsetBytes, long lengthBytes) {
    fallocate(PUNCH_HOLE_KEEP_SIZE, offsetBytes, lengthBytes);
  }

  private void fallocate(int mode, long offsetBytes, long lengthBytes) {
    long result =
        descriptor.use(
            fd -> calls.call(SystemCall.FALLOCATE, fd, mode, offsetBytes, lengthBytes, 0, 0));
    Refusal.check(result, "fallocate", offsetBytes);
  }

  @Override
  public OptionalLong seekData(long offsetBytes) {
    return seek(offsetBytes, SEEK_DATA);
  }

  @Override
  public OptionalLong seekHole(long offsetBytes) {
    return seek(offsetBytes, SEEK_HOLE);
  }

  private OptionalLong seek(long offsetBytes, int whence) {
    long result = descriptor.use(fd -> calls.call(SystemCall.LSEEK, fd, offsetBytes, whence));
    if (Refusal.is(result, Errno.ENXIO)) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Refusal.check(result, "lseek", offsetBytes));
  }

  @Override
  public int read(long offsetBytes, MemorySegment to) {
    if (to.isReadOnly()) {
      throw new IllegalArgumentException("a read-only segment cannot be read into");
    }
    if (to.isNative()) {
      return transfer(SystemCall.PREAD64, offsetBytes, to);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bounce = arena.allocate(Math.min(to.byteSize(), BOUNCE_BYTES), 1);
      long done = 0;
      int moved = 1;
      while (done < to.byteSize() && moved > 0) {
        long length = Math.min(bounce.byteSize(), to.byteSize() - done);
        moved = transfer(SystemCall.PREAD64, offsetBytes + done, bounce.asSlice(0, length));
        MemorySegment.copy(bounce, 0, to, done, moved);
        done += moved;
      }
      return (int) done;
    }
  }

  @Override
  public int write(long offsetBytes, MemorySegment from) {
    if (from.isNative()) {
      return transfer(SystemCall.PWRITE64, offsetBytes, from);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bounce = arena.allocate(Math.min(from.byteSize(), BOUNCE_BYTES), 1);
      long done = 0;
      boolean more = true;
      while (done < from.byteSize() && more) {
        long length = Math.min(bounce.byteSize(), from.byteSize() - done);
        MemorySegment.copy(from, done, bounce, 0, length);
        long moved = write(offsetBytes + done, bounce.asSlice(0, length), done > 0);
        done += moved;
        more = moved == length;
      }
      return (int) done;
    }
  }

  /** Writes one piece; after the first, a refusal ends the call with what was written. */
  private long write(long offsetBytes, MemorySegment piece, boolean begun) {
    long result = request(SystemCall.PWRITE64, offsetBytes, piece);
    return result < 0 && begun ? 0 : Refusal.check(result, "pwrite64", offsetBytes);
  }

  private int transfer(SystemCall call, long offsetBytes, MemorySegment memory) {
    return (int) Refusal.check(request(call, offsetBytes, memory), call.manualName(), offsetBytes);
  }

  private long request(SystemCall call, long offsetBytes, MemorySegment memory) {
    return descriptor.use(
        fd -> calls.call(memory, call, fd, memory.address(), memory.byteSize(), offsetBytes, 0, 0));
  }

  @Override
  public Set<Seal> seals() {
    long bits =
        Refusal.check(
            descriptor.use(fd -> calls.call(SystemCall.FCNTL, fd, F_GET_SEALS, 0)), "fcntl", 0);
    Set<Seal> seals = EnumSet.noneOf(Seal.class);
    for (Seal seal : Seal.values()) {
      if ((bits & seal.bit()) != 0) {
        seals.add(seal);
      }
    }
    return seals;
  }

  @Override
  public void addSeals(Set<Seal> more) {
    int bits = 0;
    for (Seal seal : more) {
      bits |= seal.bit();
    }
    int added = bits;
    long result = descriptor.use(fd -> calls.call(SystemCall.FCNTL, fd, F_ADD_SEALS, added));
    Refusal.check(result, "fcntl(F_ADD_SEALS)", added);
  }

  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return "memory file " + name;
  }
}
