/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.UffdMode;
import org.mm4j.Userfaultfd;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.testkit.AuditDifference;
import org.mm4j.testkit.KernelExtension;

/** What the strategy does on a simulated kernel, found by name on the path; books are checked. */
final class FullRangesOnlyTest {
  private static final int PAGE = Pages.SIZE_BYTES;
  private static final int HUGE_PAGES = 1 << KernelExtension.SMALL_HUGE_ORDER;

  @RegisterExtension
  private final KernelExtension kernel =
      KernelExtension.small(builder -> builder.strategy("full-ranges-only"));

  private MemoryFile file;
  private AddressSpace space;
  private AddressRange range;

  @BeforeEach
  void mapARange() {
    file = kernel.newFile("file", HUGE_PAGES * PAGE);
    space = kernel.newAddressSpace();
    range =
        new AddressRange(
            space.map(MapRequest.shared(file, 0, HUGE_PAGES * PAGE)), HUGE_PAGES * PAGE);
  }

  private void write(int page) {
    space.write(
        range.start() + (long) page * PAGE, MemorySegment.ofArray(new byte[] {(byte) page}));
  }

  private void writeAllBut(int hole) {
    for (int page = 0; page < HUGE_PAGES; page++) {
      if (page != hole) {
        write(page);
      }
    }
  }

  private void assertRefused(Errno expected) {
    MemoryAudit before = kernel.audit();
    MemoryException failure =
        assertThrows(MemoryException.class, () -> space.advise(range, Advice.COLLAPSE));
    assertEquals(expected, failure.errno());
    AuditDifference.between(
            before,
            kernel.audit(),
            AuditDifference.Allowance.failedCollapse("file", new PageRange(0, HUGE_PAGES)))
        .assertNone();
  }

  @Test
  void makesAFullRangeHugeWithoutChangingAByte() {
    writeAllBut(-1);
    space.advise(range, Advice.COLLAPSE);
    assertEquals(1, kernel.system().hugePages().statistics().collapses());
    for (int page = 0; page < HUGE_PAGES; page++) {
      MemorySegment content = MemorySegment.ofArray(new byte[1]);
      space.read(range.start() + (long) page * PAGE, content);
      assertEquals(page, content.get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  @Test
  void refusesOneHoleAndChangesNothing() {
    writeAllBut(5);
    assertRefused(Errno.EBUSY);
  }

  @Test
  void takesAPageThatWasNeverWrittenForAHole() {
    writeAllBut(5);
    file.allocate(5 * PAGE, PAGE);
    assertRefused(Errno.EBUSY);
  }

  @Test
  void refusesAPinnedPageAndChangesNothing() {
    writeAllBut(-1);
    kernel.own(space.pin(new AddressRange(range.start() + 6 * PAGE, PAGE), Access.WRITE));
    assertRefused(Errno.EAGAIN);
  }

  @Test
  void collapsesAFullRangeWhoeverWatchesIt() {
    writeAllBut(-1);
    Userfaultfd userfaultfd = kernel.own(space.userfaultfd(Set.of()));
    userfaultfd.handshake(Set.of());
    userfaultfd.register(range, Set.of(UffdMode.MISSING));
    space.advise(range, Advice.COLLAPSE);
    assertEquals(1, kernel.system().hugePages().statistics().collapses());
  }
}
