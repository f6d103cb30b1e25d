/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mm4j.shmem.Bytes.PAGE;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.MemorySystem;
import org.mm4j.Protection;
import org.mm4j.Seal;
import org.mm4j.spi.AuditedSystem;
import org.mm4j.testkit.InvariantChecker;

/** Memory files in a whole kernel: found on the path, mapped, cut, and gone with the last user. */
final class SimulatedKernelTest {
  private static final int SIZE = 4 * PAGE;

  private static AuditedSystem kernel() {
    return (AuditedSystem) MemorySystem.simulated().physicalBytes(16 << 20).build();
  }

  private static byte load(AddressSpace space, long address) {
    byte[] one = new byte[1];
    space.read(address, MemorySegment.ofArray(one));
    return one[0];
  }

  @Test
  void twoAddressSpacesAndTheHandleSeeTheSamePages() {
    try (AuditedSystem kernel = kernel()) {
      try (AddressSpace one = kernel.newAddressSpace();
          AddressSpace two = kernel.newAddressSpace()) {
        MemoryFile file = kernel.createMemoryFile("shared", Set.of());
        file.truncate(SIZE);
        long first = one.map(MapRequest.shared(file, 0, SIZE));
        long second = two.map(MapRequest.shared(file, PAGE, SIZE - PAGE));
        one.write(first + PAGE, Bytes.filled(7, PAGE));
        assertEquals(7, load(two, second));
        file.write(PAGE + 5, Bytes.filled(8, 1));
        assertEquals(8, load(one, first + PAGE + 5));
        InvariantChecker.assertHolds(kernel.audit());
        file.punchHole(PAGE, PAGE);
        assertEquals(0, load(one, first + PAGE));
        two.write(second, Bytes.filled(9, 1));
        assertEquals(9, load(one, first + PAGE));
        file.close();
        one.advise(new AddressRange(first + PAGE, PAGE), Advice.REMOVE);
        assertEquals(0, load(two, second));
        InvariantChecker.assertHolds(kernel.audit());
      }
      InvariantChecker.assertBalanced(kernel.audit());
    }
  }

  @Test
  void anAccessBeyondTheNewEndFaults() {
    try (AuditedSystem kernel = kernel();
        AddressSpace space = kernel.newAddressSpace();
        MemoryFile file = kernel.createMemoryFile("cut", Set.of())) {
      file.truncate(SIZE);
      long address = space.map(MapRequest.shared(file, 0, SIZE));
      space.write(address, Bytes.filled(3, SIZE));
      file.truncate(PAGE);
      MemoryException thrown =
          assertThrows(MemoryException.class, () -> load(space, address + PAGE));
      assertEquals(Errno.EFAULT, thrown.errno());
      file.truncate(SIZE);
      assertEquals(0, load(space, address + PAGE));
      assertEquals(3, load(space, address + PAGE - 1));
      InvariantChecker.assertHolds(kernel.audit());
    }
  }

  @Test
  void aSplitMappingKeepsTheFileAndItsSealsInStep() {
    try (AuditedSystem kernel = kernel();
        AddressSpace space = kernel.newAddressSpace();
        MemoryFile file =
            kernel.createMemoryFile("sealed", EnumSet.of(MemoryFileFlag.ALLOW_SEALING))) {
      file.truncate(SIZE);
      long address = space.map(MapRequest.shared(file, 0, SIZE));
      space.write(address, Bytes.filled(3, SIZE));
      space.protect(new AddressRange(address + PAGE, PAGE), EnumSet.of(Protection.READ));
      space.unmap(new AddressRange(address + 2 * PAGE, PAGE));
      MemoryException busy =
          assertThrows(MemoryException.class, () -> file.addSeals(Set.of(Seal.WRITE)));
      assertEquals(Errno.EBUSY, busy.errno());
      space.unmap(new AddressRange(address, SIZE));
      file.addSeals(Set.of(Seal.WRITE));
      MemoryException refused =
          assertThrows(MemoryException.class, () -> space.map(MapRequest.shared(file, 0, SIZE)));
      assertEquals(Errno.EPERM, refused.errno());
      InvariantChecker.assertHolds(kernel.audit());
    }
  }

  @Test
  void theLastMappingFreesAFileWithoutAHandle() {
    try (AuditedSystem kernel = kernel();
        AddressSpace space = kernel.newAddressSpace()) {
      MemoryFile file = kernel.createMemoryFile("gone", Set.of());
      file.truncate(SIZE);
      long address = space.map(MapRequest.shared(file, 0, SIZE));
      space.write(address, Bytes.filled(3, SIZE));
      space.protect(new AddressRange(address + PAGE, PAGE), EnumSet.of(Protection.READ));
      file.close();
      space.protect(new AddressRange(address, SIZE), EnumSet.of(Protection.READ, Protection.WRITE));
      assertEquals(3, load(space, address + SIZE - 1), "merging did not lose the file");
      space.unmap(new AddressRange(address, 2 * PAGE));
      assertEquals(4, kernel.audit().files().getFirst().presentPages());
      space.unmap(new AddressRange(address + 2 * PAGE, 2 * PAGE));
      InvariantChecker.assertBalanced(kernel.audit());
    }
  }
}
