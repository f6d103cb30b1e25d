/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.CRC32;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.FillFlag;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.UffdFlag;
import org.mm4j.UffdMode;
import org.mm4j.Userfaultfd;

/**
 * A file with two mappings on one backend. Answers are text, without addresses, to be compared.
 *
 * <p>The userfaultfd serves user mode only, so that an access through the space to a watched hole
 * is EFAULT and nothing blocks.
 */
final class CallTarget implements AutoCloseable {
  private static final int MAPPINGS = 2;
  private static final int COLLAPSE_ATTEMPTS = 20;

  private final MemorySystem memory;
  private final AddressSpace space;
  private final MemoryFile file;
  private final MemoryFile nothing;
  private final long[] mappings = new long[MAPPINGS];
  private final Userfaultfd userfaultfd;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(2 * RandomCall.BYTES);

  CallTarget(MemorySystem memory) {
    this.memory = memory;
    space = memory.newAddressSpace();
    file = memory.createMemoryFile("random", Set.of());
    nothing = memory.createMemoryFile("nothing", Set.of());
    file.truncate(RandomCall.BYTES);
    for (int i = 0; i < MAPPINGS; i++) {
      mappings[i] =
          BackendContract.mapAligned(space, nothing, MapRequest.shared(file, 0, RandomCall.BYTES));
    }
    userfaultfd = space.userfaultfd(EnumSet.of(UffdFlag.USER_MODE_ONLY));
    userfaultfd.handshake(Set.of());
  }

  /** Makes a call and returns what it answered. */
  String make(RandomCall call) {
    try {
      return answer(call);
    } catch (MemoryException e) {
      return e.errno().toString();
    }
  }

  private String answer(RandomCall call) {
    long offset = call.offsetBytes();
    long length = call.lengthBytes();
    long address = mappings[call.mapping()] + offset;
    AddressRange range = new AddressRange(address, length);
    MemorySegment bytes = buffer.asSlice(0, length);
    return switch (call.kind()) {
      case WRITE -> "wrote " + file.write(offset, bytes.fill((byte) call.value()));
      case READ -> "read " + checksum(bytes.asSlice(0, file.read(offset, bytes)));
      case TRUNCATE -> done(() -> file.truncate(offset));
      case ALLOCATE -> done(() -> file.allocate(offset, length));
      case PUNCH -> done(() -> file.punchHole(offset, length));
      case SEEK -> file.seekData(offset) + " " + file.seekHole(offset);
      case STORE -> done(() -> space.write(address, bytes.fill((byte) call.value())));
      case LOAD -> {
        space.read(address, bytes);
        yield "loaded " + checksum(bytes);
      }
      case DONTNEED -> done(() -> space.advise(range, Advice.DONTNEED));
      case REMOVE -> done(() -> space.advise(range, Advice.REMOVE));
      case RESIDENCY -> space.residency(range).toString();
      case COLLAPSE -> done(() -> collapse(range));
      case REGISTER -> done(() -> userfaultfd.register(range, EnumSet.of(UffdMode.MISSING)));
      case UNREGISTER -> done(() -> userfaultfd.unregister(range));
      case COPY ->
          userfaultfd
              .copy(address, bytes.fill((byte) call.value()), EnumSet.noneOf(FillFlag.class))
              .toString();
      case ZERO -> userfaultfd.zero(range, EnumSet.noneOf(FillFlag.class)).toString();
      case WAKE -> done(() -> userfaultfd.wake(range));
    };
  }

  private static String done(Runnable call) {
    call.run();
    return "done";
  }

  /** Tries again on EAGAIN: on a running machine somebody else may hold a page for a moment. */
  private void collapse(AddressRange range) {
    for (int attempt = 1; ; attempt++) {
      try {
        space.advise(range, Advice.COLLAPSE);
        return;
      } catch (MemoryException e) {
        if (e.errno() != Errno.EAGAIN || attempt == COLLAPSE_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Says what can be seen of the file and its mappings without changing anything. */
  String observe() {
    StringBuilder state = new StringBuilder();
    state.append("size ").append(file.sizeBytes()).append(" blocks ").append(file.blocks());
    state.append("\ndata");
    OptionalLong data = file.seekData(0);
    while (data.isPresent()) {
      long hole = file.seekHole(data.getAsLong()).orElse(-1);
      state.append(" ").append(pages(data.getAsLong(), hole));
      data = file.seekData(hole);
    }
    int size = file.read(0, buffer);
    state.append("\ncontent ").append(checksum(buffer.asSlice(0, size)));
    for (long mapping : mappings) {
      BitSet resident = space.residency(new AddressRange(mapping, RandomCall.BYTES));
      state.append("\nresident ").append(runs(resident));
    }
    return state.append("\nmessage ").append(userfaultfd.poll()).toString();
  }

  private static String pages(long from, long to) {
    return String.format(
        java.util.Locale.ROOT,
        "%d+%d..%d+%d",
        from >> Pages.SHIFT,
        from & Pages.OFFSET_MASK,
        to >> Pages.SHIFT,
        to & Pages.OFFSET_MASK);
  }

  private static String runs(BitSet pages) {
    StringBuilder runs = new StringBuilder();
    for (int from = pages.nextSetBit(0); from >= 0; ) {
      int to = pages.nextClearBit(from);
      runs.append(from).append("..").append(to).append(' ');
      from = pages.nextSetBit(to);
    }
    return runs.toString();
  }

  private static String checksum(MemorySegment bytes) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes.asByteBuffer());
    return bytes.byteSize() + " bytes " + Long.toHexString(checksum.getValue());
  }

  @Override
  public void close() {
    userfaultfd.close();
    space.close();
    file.close();
    nothing.close();
    memory.close();
    arena.close();
  }
}
