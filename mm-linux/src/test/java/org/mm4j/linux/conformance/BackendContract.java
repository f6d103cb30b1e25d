/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.MappingView;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.UffdFlag;
import org.mm4j.UffdMode;
import org.mm4j.Userfaultfd;

/** An open backend with an address space; what a test creates through it is closed after it. */
abstract class BackendContract {
  static final long PAGE = Pages.SIZE_BYTES;
  static final long HUGE = 2 << 20;
  static final int HUGE_PAGES = (int) (HUGE / PAGE);
  static final Set<UffdMode> MISSING = EnumSet.of(UffdMode.MISSING);

  MemorySystem memory;
  AddressSpace space;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** The backend this contract is run on. */
  abstract Backend backend();

  /** Whether huge pages must be given exactly where they are advised. */
  boolean needsHugePages() {
    return false;
  }

  @BeforeEach
  final void openBackend() {
    if (needsHugePages()) {
      open.push(backend().advisedHugePages());
    }
    memory = closing(backend().open());
    space = closing(memory.newAddressSpace());
  }

  @AfterEach
  final void closeBackend() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  /** Closes something after the test, in the opposite order. */
  final <T extends AutoCloseable> T closing(T resource) {
    open.push(resource);
    return resource;
  }

  final MemoryFile file(long sizeBytes) {
    MemoryFile file =
        closing(memory.createMemoryFile("contract", Set.of(MemoryFileFlag.ALLOW_SEALING)));
    file.truncate(sizeBytes);
    return file;
  }

  /**
   * Maps a whole number of pages of a file, aligned to huge pages as the file is, gaps around it.
   */
  final long mapAligned(MapRequest request) {
    return mapAligned(space, file(0), request);
  }

  static long mapAligned(AddressSpace space, MemoryFile nothing, MapRequest request) {
    long length = request.lengthBytes() + 3 * HUGE;
    long reserved =
        space.map(MapRequest.shared(nothing, 0, length).protect(EnumSet.noneOf(Protection.class)));
    long address = ((reserved + 2 * HUGE - 1) & -HUGE) + request.offsetBytes() % HUGE;
    space.map(request.at(address));
    long end = address + request.lengthBytes();
    space.unmap(AddressRange.between(reserved, address));
    space.unmap(AddressRange.between(end, reserved + length));
    return address;
  }

  final Userfaultfd userfaultfd(UffdFlag... flags) {
    Userfaultfd userfaultfd = closing(space.userfaultfd(Set.of(flags)));
    userfaultfd.handshake(Set.of());
    return userfaultfd;
  }

  final Userfaultfd armed(AddressRange range) {
    Userfaultfd userfaultfd = userfaultfd();
    userfaultfd.register(range, MISSING);
    return userfaultfd;
  }

  static AddressRange range(long address, long lengthBytes) {
    return new AddressRange(address, lengthBytes);
  }

  static MemorySegment bytes(long length, int value) {
    byte[] bytes = new byte[(int) length];
    Arrays.fill(bytes, (byte) value);
    return MemorySegment.ofArray(bytes);
  }

  final byte byteAt(long address) {
    byte[] one = new byte[1];
    space.read(address, MemorySegment.ofArray(one));
    return one[0];
  }

  final void put(long address, int value) {
    space.write(address, bytes(1, value));
  }

  /** Reads from a file and cuts to what there was. */
  static byte[] content(MemoryFile file, long offset, int length) {
    byte[] content = new byte[length];
    return Arrays.copyOf(content, file.read(offset, MemorySegment.ofArray(content)));
  }

  final int residentPages(long address, long lengthBytes) {
    return space.residency(range(address, lengthBytes)).cardinality();
  }

  final long hugeBytes(long address) {
    return space.mappings().stream()
        .filter(view -> view.range().contains(address))
        .mapToLong(MappingView::hugeBytes)
        .sum();
  }

  static void refused(Errno errno, Executable call) {
    MemoryException refusal = assertThrows(MemoryException.class, call);
    assertEquals(errno, refusal.errno(), refusal::getMessage);
  }
}
