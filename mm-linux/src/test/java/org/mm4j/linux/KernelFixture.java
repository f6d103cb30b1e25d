/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.function.Executable;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.UffdFeature;
import org.mm4j.UffdMode;
import org.mm4j.testkit.RunningKernel;

/** An open kernel and an address space in it; skips, with the reason, where there is none. */
@Tag("kernel")
abstract class KernelFixture {
  static final long PAGE = Pages.SIZE_BYTES;
  static final long HUGE = 2 << 20;
  static final Set<Protection> READ_WRITE = EnumSet.of(Protection.READ, Protection.WRITE);

  LinuxMemory memory;
  LinuxAddressSpace space;

  /** What the test needs beyond an open kernel. */
  Set<LinuxFeature> needs() {
    return Set.of();
  }

  @BeforeEach
  final void open() {
    LinuxProbe probe = LinuxMemory.probe();
    for (LinuxFeature feature : LinuxMemory.NEEDED) {
      RunningKernel.require(probe.has(feature), () -> probe.explain(feature));
    }
    for (LinuxFeature feature : needs()) {
      RunningKernel.require(probe.has(feature), () -> probe.explain(feature));
    }
    memory = LinuxMemory.open();
    space = memory.newAddressSpace();
  }

  @AfterEach
  final void close() {
    if (memory != null) {
      memory.close();
    }
  }

  MemoryFile file(long sizeBytes) {
    MemoryFile file = memory.createMemoryFile("test", Set.of(MemoryFileFlag.ALLOW_SEALING));
    file.truncate(sizeBytes);
    return file;
  }

  static MapRequest anonymous(long lengthBytes) {
    return new MapRequest(
        0, lengthBytes, READ_WRITE, EnumSet.of(MapFlag.PRIVATE, MapFlag.ANONYMOUS), null, 0);
  }

  static MapRequest privately(MemoryFile file, long offsetBytes, long lengthBytes) {
    return new MapRequest(
        0, lengthBytes, READ_WRITE, EnumSet.of(MapFlag.PRIVATE), file, offsetBytes);
  }

  LinuxUserfaultfd userfaultfd(UffdFeature... features) {
    LinuxUserfaultfd userfaultfd = space.userfaultfd(Set.of());
    userfaultfd.handshake(Set.of(features));
    return userfaultfd;
  }

  LinuxUserfaultfd missing(long address, long lengthBytes) {
    LinuxUserfaultfd userfaultfd = userfaultfd();
    userfaultfd.register(range(address, lengthBytes), Set.of(UffdMode.MISSING));
    return userfaultfd;
  }

  static AddressRange range(long address, long lengthBytes) {
    return new AddressRange(address, lengthBytes);
  }

  static MemorySegment bytes(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return MemorySegment.ofArray(bytes);
  }

  byte byteAt(long address) {
    byte[] one = new byte[1];
    space.read(address, MemorySegment.ofArray(one));
    return one[0];
  }

  void put(long address, int value) {
    space.write(address, bytes(1, value));
  }

  static MemoryException refused(Errno errno, Executable call) {
    MemoryException refusal = assertThrows(MemoryException.class, call);
    assertEquals(errno, refusal.errno(), refusal::getMessage);
    return refusal;
  }
}
