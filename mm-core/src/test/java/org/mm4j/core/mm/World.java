/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.function.Executable;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.Extension;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.Protection;
import org.mm4j.core.kernel.KernelBuilder;
import org.mm4j.core.kernel.SimulatedKernel;
import org.mm4j.testkit.InvariantChecker;

/** A small kernel (huge pages of 8) with one file of 64 pages and one address space. */
final class World implements AutoCloseable {
  static final long PAGE = 4096;
  static final long HUGE = 8 * PAGE;

  final TestFiles files = new TestFiles();
  final SimulatedKernel kernel;
  final ProcessMemory space;
  final TestFile file;

  World(Extension... more) {
    KernelBuilder builder =
        new KernelBuilder().physicalBytes(8 << 20).hugeOrder(3).chunkShift(2).with(files);
    for (Extension extension : more) {
      builder.with(extension);
    }
    kernel = builder.build();
    space = (ProcessMemory) kernel.newAddressSpace();
    file = (TestFile) kernel.createMemoryFile("test", Set.of());
    file.truncate(64 * PAGE);
  }

  static AddressRange range(long start, long pages) {
    return new AddressRange(start, pages * PAGE);
  }

  MapRequest request(long firstPage, long pages) {
    return MapRequest.shared(file, firstPage * PAGE, pages * PAGE);
  }

  MapRequest request(long hint, long firstPage, long pages, MapFlag... flags) {
    Set<MapFlag> all = EnumSet.of(MapFlag.SHARED);
    all.addAll(Set.of(flags));
    return new MapRequest(
        hint,
        pages * PAGE,
        EnumSet.of(Protection.READ, Protection.WRITE),
        all,
        file,
        firstPage * PAGE);
  }

  void assertBooks() {
    InvariantChecker.assertHolds(kernel.audit());
    space.mmapLock().lock();
    try {
      space.layout().check(files.files);
    } finally {
      space.mmapLock().unlock();
    }
  }

  static void refuses(Errno errno, Executable call) {
    assertEquals(errno, assertThrows(MemoryException.class, call).errno());
  }

  /** Closes what there is and checks that everything was given back. */
  @Override
  public void close() {
    space.close();
    for (TestFile each : files.files) {
      each.close();
      assertEquals(0, each.opened, "VMAs opened and closed");
    }
    InvariantChecker.assertBalanced(kernel.audit());
    kernel.close();
  }
}
