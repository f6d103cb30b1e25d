/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_BYTES;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_ORDER;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_PAGES;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MemoryException;
import org.mm4j.ScanResult;
import org.mm4j.khugepaged.fake.FakeKernel;
import org.mm4j.khugepaged.fake.FakeMemory;
import org.mm4j.khugepaged.policy.KhugepagedPolicy;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.VmaFlag;

/** The errno contract of MADV_COLLAPSE, as the running kernel shows it. */
final class MadviseCollapseTest {
  private static final long BASE = 64 * HUGE_BYTES;
  private static final long PAGE = 4096;

  private final FakeKernel kernel = new FakeKernel();
  private final FakeMemory mm = kernel.newMemory();
  private final HugePageService service =
      new HugePageService(
          kernel.engine(new LinuxStrategy()),
          new KhugepagedPolicy(),
          HUGE_ORDER,
          KhugepagedTunables.linux(HUGE_ORDER));

  private FakeMemory.Area mapAndFill(int hugePages) {
    for (int i = 0; i < hugePages; i++) {
      kernel.fillExcept((long) i * HUGE_PAGES);
    }
    return mm.map(BASE, hugePages * HUGE_BYTES, kernel.file, 0);
  }

  private void collapse(long start, long lengthBytes) {
    service.collapse(mm, new AddressRange(start, lengthBytes));
  }

  private void assertErrno(Errno expected, long start, long lengthBytes) {
    MemoryException refused =
        assertThrows(MemoryException.class, () -> collapse(start, lengthBytes));
    assertEquals(expected, refused.errno(), refused::getMessage);
  }

  private long hugeCount(int of) {
    long count = 0;
    for (int i = 0; i < of; i++) {
      if (kernel.at((long) i * HUGE_PAGES) != null
          && kernel.at((long) i * HUGE_PAGES).order() == HUGE_ORDER) {
        count++;
      }
    }
    return count;
  }

  @Test
  void collapsesEveryHugePageAndInstallsIt() {
    mapAndFill(3);
    collapse(BASE, 3 * HUGE_BYTES);
    assertEquals(3, hugeCount(3));
    assertEquals(
        List.of(
            Long.toHexString(BASE) + " true",
            Long.toHexString(BASE + HUGE_BYTES) + " true",
            Long.toHexString(BASE + 2 * HUGE_BYTES) + " true"),
        mm.mapHugeCalls);
    assertEquals(3L, service.statistics().madviseResults().get(ScanResult.SUCCEED));
  }

  @Test
  void onePresentPageSuffices() {
    kernel.page(5, 5);
    mm.map(BASE, HUGE_BYTES, kernel.file, 0);
    collapse(BASE, HUGE_BYTES);
    assertEquals(1, hugeCount(1));
  }

  @Test
  void rule_5_9_hugeAlreadyIsASuccess() {
    mapAndFill(1);
    collapse(BASE, HUGE_BYTES);
    mm.mapHuge = address -> ScanResult.PMD_MAPPED;
    collapse(BASE, HUGE_BYTES);
    assertEquals(1L, service.statistics().madviseResults().get(ScanResult.PMD_MAPPED));
  }

  @Test
  void emptyRangeIsInvalid() {
    mm.map(BASE, HUGE_BYTES, kernel.file, 0);
    assertErrno(Errno.EINVAL, BASE, HUGE_BYTES);
    assertEquals(1L, service.statistics().count(ScanResult.TRUNCATED));
  }

  @Test
  void emptySecondRangeStopsTheCall() {
    kernel.fillExcept(0);
    kernel.fillExcept(2L * HUGE_PAGES);
    mm.map(BASE, 3 * HUGE_BYTES, kernel.file, 0);
    assertErrno(Errno.EINVAL, BASE, 3 * HUGE_BYTES);
    assertEquals(1, hugeCount(3));
  }

  @Test
  void watchedHoleIsBusy() {
    kernel.fillExcept(0, 3);
    mm.map(BASE, HUGE_BYTES, kernel.file, 0);
    kernel.newMemory().map(BASE, HUGE_BYTES, kernel.file, 0).with(VmaFlag.UFFD_MISSING);
    String before = kernel.book();
    assertErrno(Errno.EBUSY, BASE, HUGE_BYTES);
    assertEquals(before, kernel.book());
  }

  @Test
  void pinnedPageIsSkippedAndSaidAtTheEnd() {
    mapAndFill(4);
    kernel.at(HUGE_PAGES).get(1);
    assertErrno(Errno.EAGAIN, BASE, 4 * HUGE_BYTES);
    assertEquals(3, hugeCount(4));
  }

  @Test
  void noMemoryStopsTheCall() {
    mapAndFill(2);
    kernel.refusal = Allocation.Refused.NO_MEMORY;
    assertErrno(Errno.ENOMEM, BASE, 2 * HUGE_BYTES);
    assertEquals(1L, service.statistics().count(ScanResult.ALLOC_HUGE_PAGE_FAIL));
  }

  @Test
  void fullAccountIsBusy() {
    mapAndFill(1);
    kernel.refusal = Allocation.Refused.CHARGE_REFUSED;
    assertErrno(Errno.EBUSY, BASE, HUGE_BYTES);
  }

  /** A hole with WP armed: the entry is refused, but the page cache has its huge page. */
  @Test
  void refusedEntryLeavesTheFileHuge() {
    mapAndFill(1);
    mm.mapHuge = address -> ScanResult.PTE_UFFD_WP;
    assertErrno(Errno.EINVAL, BASE, HUGE_BYTES);
    assertEquals(1, hugeCount(1));
  }

  @Test
  void rule_5_8_errnoIsThatOfTheLastFailure() {
    mapAndFill(3);
    kernel.at(0).get(1);
    mm.mapHuge =
        address -> address == BASE + HUGE_BYTES ? ScanResult.PTE_UFFD_WP : ScanResult.SUCCEED;
    assertErrno(Errno.EINVAL, BASE, 3 * HUGE_BYTES);
    assertEquals(2, hugeCount(3));
  }

  @Test
  void limitsAreKhugepagedsOnly() {
    service.tunables(KhugepagedTunables.linux(HUGE_ORDER).withMaxPtesNone(0));
    kernel.page(5, 5);
    mm.map(BASE, HUGE_BYTES, kernel.file, 0);
    assertDoesNotThrow(() -> collapse(BASE, HUGE_BYTES));
  }

  @Test
  void rule_7_5_noHugePageAdviceIsInvalid() {
    mapAndFill(1).with(VmaFlag.NOHUGEPAGE);
    assertErrno(Errno.EINVAL, BASE, HUGE_BYTES);
  }

  @Test
  void fileThatPermitsNoHugePagesIsInvalid() {
    mapAndFill(1);
    kernel.file.permitsHuge = false;
    assertErrno(Errno.EINVAL, BASE, HUGE_BYTES);
  }

  @Test
  void misalignedFileOffsetIsInvalid() {
    kernel.fillExcept(0);
    mm.map(BASE, 2 * HUGE_BYTES, kernel.file, 1);
    assertErrno(Errno.EINVAL, BASE, 2 * HUGE_BYTES);
  }

  @Test
  void anonymousMemoryIsInvalid() {
    mm.map(BASE, HUGE_BYTES, null, 0);
    assertErrno(Errno.EINVAL, BASE, HUGE_BYTES);
  }

  @Test
  void unalignedAddressIsInvalid() {
    mapAndFill(1);
    assertErrno(Errno.EINVAL, BASE + 1, HUGE_BYTES);
  }

  @Test
  void wrappingRangesAreInvalid() {
    assertErrno(Errno.EINVAL, BASE, -1);
    assertErrno(Errno.EINVAL, BASE, -PAGE);
  }

  @Test
  void emptyLengthIsNothingToDo() {
    collapse(BASE, 0);
  }

  @Test
  void lengthIsRoundedUp() {
    mapAndFill(1);
    collapse(BASE, HUGE_BYTES - 1);
    assertEquals(1, hugeCount(1));
  }

  /** Start and end of the call between the same two boundaries: Linux subtracts to below zero. */
  @Test
  void rangeInsideOneHugePageIsInvalid() {
    mapAndFill(1);
    assertErrno(Errno.EINVAL, BASE + PAGE, PAGE);
  }

  @Test
  void rangeFromTheBoundaryThatReachesNoOtherIsNothingToDo() {
    mapAndFill(1);
    collapse(BASE, PAGE);
    assertEquals(0, hugeCount(1));
  }

  @Test
  void onlyWholeHugePagesOfTheRangeAreTried() {
    mapAndFill(3);
    collapse(BASE + PAGE, 2 * HUGE_BYTES);
    assertEquals(1, hugeCount(3));
    assertEquals(HUGE_ORDER, kernel.at(HUGE_PAGES).order());
  }

  @Test
  void gapIsNoMemoryAfterTheMappedPartsAreDone() {
    kernel.fillExcept(0);
    kernel.fillExcept(HUGE_PAGES);
    mm.map(BASE, HUGE_BYTES, kernel.file, 0);
    mm.map(BASE + 2 * HUGE_BYTES, HUGE_BYTES, kernel.file, HUGE_PAGES);
    assertErrno(Errno.ENOMEM, BASE, 3 * HUGE_BYTES);
    assertEquals(2, hugeCount(2));
  }

  @Test
  void nothingMappedIsNoMemory() {
    assertErrno(Errno.ENOMEM, BASE, HUGE_BYTES);
    mm.map(BASE + HUGE_BYTES, HUGE_BYTES, kernel.file, 0);
    assertErrno(Errno.ENOMEM, BASE, HUGE_BYTES);
  }

  @Test
  void vmaThatGoesAwayMeanwhileEndsTheCall() {
    FakeMemory.Area area = mapAndFill(2);
    mm.mapHuge =
        address -> {
          mm.unmap(area);
          return ScanResult.SUCCEED;
        };
    assertErrno(Errno.EINVAL, BASE, 2 * HUGE_BYTES);
    assertEquals(1L, service.statistics().count(ScanResult.VMA_NULL));
  }

  /** What the VMA has lost is not missed. */
  @Test
  void vmaThatShrinksMeanwhileIsHugeAsFarAsItReaches() {
    FakeMemory.Area area = mapAndFill(3);
    mm.mapHuge =
        address -> {
          if (address == BASE) {
            mm.unmap(area);
            mm.map(BASE, 2 * HUGE_BYTES, kernel.file, 0);
          }
          return ScanResult.SUCCEED;
        };
    collapse(BASE, 3 * HUGE_BYTES);
    assertEquals(2, hugeCount(3));
  }

  @Test
  void exitingAddressSpaceIsInvalid() {
    mapAndFill(1);
    mm.exiting = true;
    assertErrno(Errno.EINVAL, BASE, HUGE_BYTES);
    assertEquals(1L, service.statistics().count(ScanResult.ANY_PROCESS));
  }
}
