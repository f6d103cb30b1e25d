/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.Pin;
import org.mm4j.Protection;
import org.mm4j.Seal;
import org.mm4j.UffdFlag;
import org.mm4j.Userfaultfd;

/** MADV_COLLAPSE of shared memory files (linux-semantics §3.2 and §1.6). */
abstract class CollapseContract extends BackendContract {
  @Override
  final boolean needsHugePages() {
    return true;
  }

  private void collapse(long address, long lengthBytes) {
    space.advise(range(address, lengthBytes), Advice.COLLAPSE);
  }

  /** Maps a file from its beginning. */
  private long mapped(MemoryFile file, long lengthBytes) {
    return mapAligned(MapRequest.shared(file, 0, lengthBytes));
  }

  private static void fill(MemoryFile file, int from, int to) {
    for (int page = from; page < to; page++) {
      file.write(page * PAGE, bytes(1, 1 + page % 100));
    }
  }

  private void assertHuge(MemoryFile file, long address, int from, int to) {
    assertEquals(8 * HUGE_PAGES, file.blocks());
    assertEquals(HUGE, hugeBytes(address));
    assertEquals(OptionalLong.of(0), file.seekData(0));
    assertEquals(OptionalLong.of(HUGE), file.seekHole(0));
    assertEquals(HUGE_PAGES, residentPages(address, HUGE));
    for (int page = 0; page < HUGE_PAGES; page++) {
      int expected = page >= from && page < to ? 1 + page % 100 : 0;
      assertEquals(expected, byteAt(address + page * PAGE), "page " + page);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,512", "0,1", "511,512", "7,9"})
  void aRangeWithPagesBecomesHuge(int from, int to) {
    MemoryFile file = file(HUGE);
    fill(file, from, to);
    long address = mapped(file, HUGE);
    collapse(address, HUGE);
    assertHuge(file, address, from, to);
    collapse(address, HUGE);
    assertHuge(file, address, from, to);
  }

  @Test
  void anEmptyRangeIsRefused() {
    MemoryFile file = file(HUGE);
    long address = mapped(file, HUGE);
    refused(Errno.EINVAL, () -> collapse(address, HUGE));
    assertEquals(0, file.blocks());
  }

  @Test
  void fallocatedPagesBecomeData() {
    MemoryFile file = file(HUGE);
    file.allocate(0, 4 * PAGE);
    long address = mapped(file, HUGE);
    collapse(address, HUGE);
    assertHuge(file, address, 0, 0);
  }

  @Test
  void aWatchedHoleIsNotFilled() {
    MemoryFile file = file(HUGE);
    fill(file, 3, 5);
    long address = mapped(file, HUGE);
    Userfaultfd userfaultfd = armed(range(address, HUGE));
    refused(Errno.EBUSY, () -> collapse(address, HUGE));
    assertEquals(16, file.blocks());
    assertEquals(OptionalLong.of(3 * PAGE), file.seekData(0));
    assertEquals(OptionalLong.of(5 * PAGE), file.seekHole(3 * PAGE));
    assertEquals(2, residentPages(address, HUGE));
    assertNull(userfaultfd.poll());
    userfaultfd.unregister(range(address, HUGE));
    collapse(address, HUGE);
    assertHuge(file, address, 3, 5);
  }

  @Test
  void aRefusedCollapseMayTurnFallocatedPagesIntoData() {
    MemoryFile file = file(HUGE);
    fill(file, 0, 1);
    file.allocate(2 * PAGE, 10 * PAGE);
    long address = mapped(file, HUGE);
    armed(range(address, HUGE));
    refused(Errno.EBUSY, () -> collapse(address, HUGE));
    assertEquals(8 * 11, file.blocks());
    assertEquals(11, residentPages(address, HUGE));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 511, 512})
  void aHoleWatchedThroughAnotherMappingIsNotFilled(int page) {
    MemoryFile file = file(2 * HUGE);
    fill(file, 20, 21);
    long address = mapped(file, HUGE);
    long other = mapAligned(MapRequest.shared(file, page * PAGE, PAGE));
    armed(range(other, PAGE));
    refused(Errno.EBUSY, () -> collapse(address, HUGE));
    assertEquals(8, file.blocks());
    assertEquals(OptionalLong.of(20 * PAGE), file.seekData(0));
    assertEquals(OptionalLong.of(21 * PAGE), file.seekHole(20 * PAGE));
  }

  @Test
  void aWatchedMappingOnePageBehindTheRangeDoesNotMatter() {
    MemoryFile file = file(2 * HUGE);
    fill(file, 0, 1);
    long address = mapped(file, HUGE);
    armed(range(mapAligned(MapRequest.shared(file, (HUGE_PAGES + 1) * PAGE, PAGE)), PAGE));
    collapse(address, HUGE);
    assertHuge(file, address, 0, 1);
  }

  @Test
  void aWatchedMappingThatEndsAtTheStartDoesNotMatter() {
    MemoryFile file = file(2 * HUGE);
    fill(file, HUGE_PAGES, HUGE_PAGES + 1);
    long address = mapAligned(MapRequest.shared(file, HUGE, HUGE));
    armed(range(mapAligned(MapRequest.shared(file, HUGE - PAGE, PAGE)), PAGE));
    collapse(address, HUGE);
    assertEquals(HUGE, hugeBytes(address));
  }

  @Test
  void withoutAHoleNobodyMindsAWatcher() {
    MemoryFile file = file(HUGE);
    fill(file, 0, HUGE_PAGES);
    long address = mapped(file, HUGE);
    armed(range(address, HUGE));
    collapse(address, HUGE);
    assertHuge(file, address, 0, HUGE_PAGES);
  }

  @Test
  void aWatcherThatOnlyServesUserModeCountsToo() {
    MemoryFile file = file(HUGE);
    fill(file, 0, 1);
    long address = mapped(file, HUGE);
    userfaultfd(UffdFlag.USER_MODE_ONLY).register(range(address, HUGE), MISSING);
    refused(Errno.EBUSY, () -> collapse(address, HUGE));
    assertEquals(8, file.blocks());
  }

  @Test
  void aMappingNotAlignedToTheFileOrForbiddenIsRefused() {
    MemoryFile file = file(2 * HUGE);
    fill(file, 0, 2 * HUGE_PAGES);
    long aligned = mapped(file, 2 * HUGE);
    long misaligned = space.map(MapRequest.shared(file, PAGE, HUGE).at(aligned));
    refused(Errno.EINVAL, () -> collapse(misaligned, HUGE));
    long forbidden = mapped(file, HUGE);
    space.advise(range(forbidden, HUGE), Advice.NOHUGEPAGE);
    refused(Errno.EINVAL, () -> collapse(forbidden, HUGE));
    assertEquals(2 * 8 * HUGE_PAGES, file.blocks());
    assertEquals(0, hugeBytes(forbidden));
  }

  @Test
  void protectionAndSealsDoNotMatter() {
    MemoryFile file = file(HUGE);
    fill(file, 0, 3);
    file.addSeals(Set.of(Seal.WRITE, Seal.GROW, Seal.SHRINK));
    long address = mapAligned(MapRequest.shared(file, 0, HUGE).protect(Set.of(Protection.READ)));
    collapse(address, HUGE);
    assertHuge(file, address, 0, 3);
  }

  @Test
  void anEmptyRangeStopsTheCall() {
    MemoryFile file = file(4 * HUGE);
    fill(file, 0, 1);
    fill(file, 2 * HUGE_PAGES, 2 * HUGE_PAGES + 1);
    long address = mapped(file, 4 * HUGE);
    refused(Errno.EINVAL, () -> collapse(address, 4 * HUGE));
    assertEquals(8 * HUGE_PAGES + 8, file.blocks());
    assertEquals(HUGE, hugeBytes(address));
  }

  @Test
  void aWatchedHoleStopsTheCall() {
    MemoryFile file = file(3 * HUGE);
    fill(file, 0, 1);
    fill(file, HUGE_PAGES, HUGE_PAGES + 1);
    fill(file, 2 * HUGE_PAGES, 2 * HUGE_PAGES + 1);
    long address = mapped(file, 3 * HUGE);
    armed(range(mapAligned(MapRequest.shared(file, HUGE + 9 * PAGE, PAGE)), PAGE));
    refused(Errno.EBUSY, () -> collapse(address, 3 * HUGE));
    assertEquals(8L * HUGE_PAGES + 16, file.blocks());
    assertEquals(HUGE, hugeBytes(address));
  }

  @Test
  void rangesWithoutAWholeHugePage() {
    MemoryFile file = file(2 * HUGE);
    fill(file, 0, 1);
    long address = mapped(file, 2 * HUGE);
    collapse(address, PAGE);
    collapse(address + HUGE - PAGE, 2 * PAGE);
    collapse(address, 0);
    refused(Errno.EINVAL, () -> collapse(address + PAGE, PAGE));
    refused(Errno.EINVAL, () -> collapse(address + 1, HUGE));
    assertEquals(8, file.blocks());
  }

  @Test
  void onlyWholeHugePagesOfTheRangeAreCollapsed() {
    MemoryFile file = file(3 * HUGE);
    fill(file, 0, 1);
    fill(file, HUGE_PAGES, HUGE_PAGES + 1);
    fill(file, 2 * HUGE_PAGES, 2 * HUGE_PAGES + 1);
    long address = mapped(file, 3 * HUGE);
    collapse(address + PAGE, 3 * HUGE - 2 * PAGE);
    assertEquals(8L * HUGE_PAGES + 16, file.blocks());
  }

  @Test
  void aPartThatIsNotMappedIsToldAndTheRestIsDone() {
    MemoryFile file = file(3 * HUGE);
    fill(file, 0, 1);
    fill(file, 2 * HUGE_PAGES, 2 * HUGE_PAGES + 1);
    long address = mapped(file, 3 * HUGE);
    space.unmap(range(address + HUGE, HUGE));
    refused(Errno.ENOMEM, () -> collapse(address, 3 * HUGE));
    assertEquals(2L * 8 * HUGE_PAGES, file.blocks());
    refused(Errno.ENOMEM, () -> collapse(address + HUGE, HUGE));
  }

  @Test
  void beyondTheEndOfTheFileAHugeTranslationRaisesNothing() {
    MemoryFile file = file(PAGE);
    fill(file, 0, 1);
    long address = mapped(file, HUGE);
    refused(Errno.EFAULT, () -> byteAt(address + 5 * PAGE));
    collapse(address, HUGE);
    assertEquals(0, byteAt(address + 5 * PAGE));
    assertEquals(8 * HUGE_PAGES, file.blocks());
    assertEquals(PAGE, file.sizeBytes());
  }

  /** The calls that can give a mapping a border inside a huge translation. */
  enum Border {
    REGISTER,
    PROTECT,
    FORBID_HUGE
  }

  @ParameterizedTest
  @CsvSource({
    "REGISTER, 0, 8",
    "REGISTER, 8, 16",
    "REGISTER, 200, 512",
    "PROTECT, 0, 8",
    "PROTECT, 8, 16",
    "FORBID_HUGE, 0, 8",
    "FORBID_HUGE, 8, 16"
  })
  void aBorderInsideAHugeTranslationTakesItAway(Border border, int from, int to) {
    MemoryFile file = file(100 * PAGE);
    fill(file, 0, 100);
    long address = mapped(file, HUGE);
    collapse(address, HUGE);
    put(address + 150 * PAGE, 1);
    AddressRange part = range(address + from * PAGE, (to - from) * PAGE);
    Userfaultfd userfaultfd = userfaultfd(UffdFlag.USER_MODE_ONLY);
    switch (border) {
      case REGISTER -> userfaultfd.register(part, MISSING);
      case PROTECT -> space.protect(part, Set.of(Protection.READ));
      case FORBID_HUGE -> space.advise(part, Advice.NOHUGEPAGE);
    }
    assertEquals(0, hugeBytes(address));
    refused(Errno.EFAULT, () -> put(address + 150 * PAGE, 2));
    assertEquals(10, byteAt(address + 9 * PAGE));
    assertEquals(8 * HUGE_PAGES, file.blocks(), "the file keeps the huge page");
    file.truncate(HUGE);
    assertEquals(1, byteAt(address + 150 * PAGE));
  }

  @Test
  void aBorderThatGoesAwayInsideAHugePageLeavesOtherTranslations() {
    MemoryFile file = file(2 * HUGE);
    fill(file, 0, 1);
    fill(file, HUGE_PAGES, HUGE_PAGES + 1);
    long address = mapped(file, 2 * HUGE);
    collapse(address, 2 * HUGE);
    Userfaultfd userfaultfd = userfaultfd();
    userfaultfd.register(range(address, HUGE), MISSING);
    assertEquals(HUGE, hugeBytes(address));
    assertEquals(HUGE, hugeBytes(address + HUGE), "a border between huge translations");
    userfaultfd.unregister(range(address + PAGE, PAGE));
    assertEquals(0, hugeBytes(address));
    assertEquals(HUGE, hugeBytes(address + HUGE));
  }

  @Test
  void aHoleOrACutSplitsTheHugePage() {
    MemoryFile file = file(HUGE);
    fill(file, 0, HUGE_PAGES);
    long address = mapped(file, HUGE);
    collapse(address, HUGE);
    file.punchHole(PAGE, PAGE);
    assertEquals(8 * (HUGE_PAGES - 1), file.blocks());
    assertEquals(0, hugeBytes(address));
    assertEquals(0, byteAt(address + PAGE));
    assertEquals(3, byteAt(address + 2 * PAGE));
    collapse(address, HUGE);
    assertEquals(HUGE, hugeBytes(address));
    file.truncate(10 * PAGE);
    assertEquals(80, file.blocks());
    refused(Errno.EFAULT, () -> byteAt(address + 10 * PAGE));
    assertEquals(10, byteAt(address + 9 * PAGE));
  }

  /**
   * A huge page across the end of the file is halved around each cut, and every part but the first
   * that lies beyond the end leaves the file; where nothing is beyond it, nothing but the hole
   * does.
   *
   * @param calls {@code p} for a hole of so many pages or {@code t} for a size, in pages and bytes
   */
  @ParameterizedTest
  @CsvSource({
    "512+0, 'p 1+0 1+0', '0..1 2..512'",
    "512+0, 'p 10+0 246+0', '0..10 256..512'",
    "100+0, 'p 10+0 1+0', '0..10 11..128'",
    "100+0, 'p 300+0 1+0', '0..256'",
    "100+0, 'p 300+0 1+0, p 10+0 1+0', '0..10 11..128'",
    "100+0, 'p 0+0 1+0', '1..128'",
    "100+0, 'p 99+0 1+0', '0..99'",
    "100+0, 'p 100+0 1+0', '0..100'",
    "100+0, 'p 10+5 0+10', '0..128'",
    "100+0, 'p 10+5 1+0', '0..128'",
    "100+0, 'p 10+5 5+0', '0..11 15..128'",
    "100+0, 'p 50+0 100+0', '0..50'",
    "100+0, 'p 50+3 462+0', '0..51'",
    "100+0, 'p 511+0 2+0', '0..256'",
    "300+0, 'p 400+0 8+0, p 10+0 1+0', '0..10 11..384'",
    "300+0, 'p 10+0 1+0, p 200+0 1+0', '0..10 11..200 201..512'",
    "300+0, 'p 200+0 1+0, p 290+0 1+0', '0..200 201..290 291..304'",
    "100+0, 't 100+0 0', '0..100'",
    "100+7, 't 100+7 0', '0..101'",
    "100+7, 't 101+0 0', '0..512'",
    "100+0, 't 50+1 0', '0..51'",
    "100+0, 't 200+0 0, t 150+0 0', '0..150'",
    "511+3996, 't 511+3896 0', '0..512'",
    "100+0, 'p 50+0 1+0, t 300+0 0, p 60+0 1+0', '0..50 51..60 61..128'",
  })
  void aCutDropsThePartsBeyondTheEnd(String size, String calls, String left) {
    MemoryFile file = file(bytesOf(size));
    file.write(0, bytes(1, 1));
    long address = mapped(file, HUGE);
    collapse(address, HUGE);
    for (String call : calls.split(", ", -1)) {
      String[] words = call.split(" ", -1);
      if (words[0].equals("p")) {
        file.punchHole(bytesOf(words[1]), bytesOf(words[2]));
      } else {
        file.truncate(bytesOf(words[1]));
      }
    }
    BitSet resident = space.residency(range(address, HUGE));
    assertEquals(left, runs(resident));
    assertEquals(8L * resident.cardinality(), file.blocks());
  }

  private static long bytesOf(String pagesAndBytes) {
    String[] numbers = pagesAndBytes.split("\\+", -1);
    return Long.parseLong(numbers[0]) * PAGE
        + (numbers.length > 1 ? Long.parseLong(numbers[1]) : 0);
  }

  private static String runs(BitSet pages) {
    List<String> runs = new ArrayList<>();
    for (int from = pages.nextSetBit(0); from >= 0; ) {
      int to = pages.nextClearBit(from);
      runs.add(from + ".." + to);
      from = pages.nextSetBit(to);
    }
    return String.join(" ", runs);
  }

  @Test
  void aFaultMapsAPartAcrossTheEndAsAWhole() {
    MemoryFile file = file(100 * PAGE);
    fill(file, 0, 1);
    long address = mapped(file, HUGE);
    collapse(address, HUGE);
    file.punchHole(300 * PAGE, PAGE);
    refused(Errno.EFAULT, () -> put(address + 200 * PAGE, 1));
    put(address + 50 * PAGE, 1);
    put(address + 200 * PAGE, 1);
    refused(Errno.EFAULT, () -> put(address + 256 * PAGE, 1));
    space.advise(range(address, HUGE), Advice.DONTNEED);
    refused(Errno.EFAULT, () -> byteAt(address + 200 * PAGE));
    assertEquals(1, byteAt(address + 50 * PAGE));
    assertEquals(1, byteAt(address + 200 * PAGE), "a load as well");
  }

  @Test
  void aFaultInAWatchedOrCutMappingMapsLess() {
    MemoryFile file = file(100 * PAGE);
    fill(file, 0, 1);
    long address = mapped(file, HUGE);
    collapse(address, HUGE);
    file.punchHole(300 * PAGE, PAGE);
    Userfaultfd userfaultfd = userfaultfd(UffdFlag.USER_MODE_ONLY);
    userfaultfd.register(range(address, HUGE), MISSING);
    put(address + 50 * PAGE, 1);
    refused(Errno.EFAULT, () -> put(address + 200 * PAGE, 1));
    userfaultfd.unregister(range(address, HUGE));
    put(address + 60 * PAGE, 1);
    refused(Errno.EFAULT, () -> put(address + 200 * PAGE, 1));
    assertEquals(0, byteAt(address + 70 * PAGE), "a load maps around what is mapped");
    put(address + 200 * PAGE, 1);
    space.advise(range(address, HUGE), Advice.DONTNEED);
    space.protect(range(address + 8 * PAGE, PAGE), Set.of(Protection.READ));
    assertEquals(0, byteAt(address + 90 * PAGE));
    refused(Errno.EFAULT, () -> put(address + 200 * PAGE, 1));
  }

  @Test
  void anotherMappingFaultsTheHugePageIn() {
    MemoryFile file = file(HUGE);
    fill(file, 0, HUGE_PAGES);
    long first = mapped(file, HUGE);
    long second = mapped(file, HUGE);
    put(second, 1);
    collapse(first, HUGE);
    assertEquals(HUGE, hugeBytes(first));
    assertEquals(6, byteAt(second + 5 * PAGE));
    assertEquals(HUGE, hugeBytes(second));
  }

  @Test
  void aPinnedPageIsRefusedAndDoesNotStopTheCall() {
    MemoryFile file = file(2 * HUGE);
    fill(file, 0, 1);
    fill(file, HUGE_PAGES, HUGE_PAGES + 1);
    long address = mapped(file, 2 * HUGE);
    try (Pin pin = pin(address)) {
      assertEquals(1, pin.segments().size());
      refused(Errno.EAGAIN, () -> collapse(address, 2 * HUGE));
      assertEquals(8L * HUGE_PAGES + 8, file.blocks());
    }
    collapse(address, 2 * HUGE);
    assertEquals(2 * HUGE, hugeBytes(address));
  }

  /** Pins a page, or skips the test on a backend that cannot. */
  private Pin pin(long address) {
    try {
      return space.pin(range(address, PAGE), Access.WRITE);
    } catch (MemoryException e) {
      assertEquals(Errno.ENOSYS, e.errno());
      return Assumptions.abort("this backend cannot pin pages: " + e.getMessage());
    }
  }
}
