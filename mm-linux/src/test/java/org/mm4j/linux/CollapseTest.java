/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MappingView;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.Protection;
import org.mm4j.Seal;
import org.mm4j.UffdFeature;
import org.mm4j.UffdMode;
import org.mm4j.linux.ThpSettings.Scope;
import org.mm4j.linux.ThpSettings.Setting;
import org.mm4j.testkit.RunningKernel;

/** The cases of MADV_COLLAPSE that one process can make, on the running kernel. */
@SuppressWarnings("try") // a scope of settings is not looked at
final class CollapseTest extends KernelFixture {
  private static final int PAGES = 512;

  @Override
  Set<LinuxFeature> needs() {
    return Set.of(LinuxFeature.MEMORY_FILE_COLLAPSE, LinuxFeature.USERFAULTFD, LinuxFeature.SMAPS);
  }

  private void collapse(long address, long lengthBytes) {
    space.advise(range(address, lengthBytes), Advice.COLLAPSE);
  }

  private void fill(MemoryFile file, int from, int to) {
    for (int page = from; page < to; page++) {
      file.write(page * PAGE, bytes(1, 1 + page % 100));
    }
  }

  /** Maps without advice, aligned to the file offset. */
  private long mapAligned(MapRequest request) {
    return space.mapHuge(request);
  }

  private long hugeBytes(long address) {
    return space.mappings().stream()
        .filter(view -> view.range().contains(address))
        .mapToLong(MappingView::hugeBytes)
        .sum();
  }

  private LinuxUserfaultfd armed(long address, long lengthBytes, UffdMode mode) {
    LinuxUserfaultfd userfaultfd =
        userfaultfd(
            UffdFeature.MINOR_SHMEM, UffdFeature.PAGEFAULT_FLAG_WP, UffdFeature.WP_HUGETLBFS_SHMEM);
    userfaultfd.register(range(address, lengthBytes), Set.of(mode));
    return userfaultfd;
  }

  @ParameterizedTest
  @CsvSource({"0,512", "0,1", "511,512", "7,9"})
  void pagesOfAFileBecomeHuge(int from, int to) {
    try (MemoryFile file = file(HUGE)) {
      fill(file, from, to);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      collapse(address, HUGE);
      assertEquals(4096, file.blocks());
      assertEquals(HUGE, hugeBytes(address));
      assertEquals(OptionalLong.of(HUGE), file.seekHole(0));
      for (int page = 0; page < PAGES; page++) {
        int expected = page >= from && page < to ? 1 + page % 100 : 0;
        assertEquals(expected, byteAt(address + page * PAGE));
      }
      file.punchHole(PAGE, PAGE);
      assertEquals(4088, file.blocks());
      assertEquals(0, hugeBytes(address));
    }
  }

  @Test
  void theSettingsDecideAboutMemoryFiles() {
    LinuxProbe probe = memory.features();
    RunningKernel.require(
        probe.has(LinuxFeature.HUGE_PAGE_SETTINGS),
        () -> probe.explain(LinuxFeature.HUGE_PAGE_SETTINGS));
    ThpSettings settings = memory.hugePageSettings();
    String before = settings.read(Setting.SHMEM_ENABLED);
    try (MemoryFile file = file(HUGE);
        Scope scope = settings.change(Map.of(Setting.SHMEM_ENABLED, "advise"))) {
      long address = space.mapHuge(MapRequest.shared(file, 0, HUGE));
      put(address, 1);
      assertEquals(HUGE, hugeBytes(address), "advised before its first touch");
    }
    try (MemoryFile file = file(HUGE);
        Scope scope = settings.change(Map.of(Setting.SHMEM_ENABLED, "deny"))) {
      fill(file, 0, 1);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      refused(Errno.EINVAL, () -> collapse(address, HUGE));
      assertFalse(LinuxMemory.probe().has(LinuxFeature.MEMORY_FILE_COLLAPSE));
    }
    assertEquals(before, settings.read(Setting.SHMEM_ENABLED));
  }

  @Test
  void anEmptyFileIsTruncated() {
    try (MemoryFile file = file(HUGE)) {
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      refused(Errno.EINVAL, () -> collapse(address, HUGE));
      assertEquals(0, file.blocks());
    }
  }

  @Test
  void aWatchedHoleIsNotFilled() {
    try (MemoryFile file = file(HUGE)) {
      fill(file, 0, 1);
      file.allocate(2 * PAGE, 10 * PAGE);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      LinuxUserfaultfd userfaultfd = armed(address, HUGE, UffdMode.MISSING);
      assertEquals(1, space.residency(range(address, HUGE)).cardinality());
      refused(Errno.EBUSY, () -> collapse(address, HUGE));
      assertEquals(8 * 11, file.blocks());
      assertEquals(
          11,
          space.residency(range(address, HUGE)).cardinality(),
          "fallocated pages have become data");
      assertNull(userfaultfd.poll());
      userfaultfd.unregister(range(address, HUGE));
      collapse(address, HUGE);
      assertEquals(4096, file.blocks());
    }
  }

  @Test
  void aHoleWatchedInAnotherMappingIsNotFilled() {
    try (MemoryFile file = file(2 * HUGE)) {
      fill(file, 0, 1);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      long eighth = space.map(MapRequest.shared(file, 8 * PAGE, PAGE));
      armed(eighth, PAGE, UffdMode.MISSING);
      refused(Errno.EBUSY, () -> collapse(address, HUGE));
    }
  }

  @ParameterizedTest
  @CsvSource({"511,true", "512,true", "513,false"})
  void aMappingThatStartsAtTheEndOfTheRangeCountsAsOverlapping(int page, boolean busy) {
    try (MemoryFile file = file(2 * HUGE)) {
      fill(file, 0, 1);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      long other = space.map(MapRequest.shared(file, page * PAGE, PAGE));
      armed(other, PAGE, UffdMode.MISSING);
      if (busy) {
        refused(Errno.EBUSY, () -> collapse(address, HUGE));
      } else {
        collapse(address, HUGE);
      }
    }
  }

  @Test
  void aMappingThatEndsBeforeTheRangeDoesNotCount() {
    try (MemoryFile file = file(2 * HUGE)) {
      fill(file, 512, 513);
      long address = mapAligned(MapRequest.shared(file, HUGE, HUGE));
      long other = space.map(MapRequest.shared(file, 511 * PAGE, PAGE));
      armed(other, PAGE, UffdMode.MISSING);
      collapse(address, HUGE);
    }
  }

  @Test
  void withoutHolesNobodyMinds() {
    try (MemoryFile file = file(HUGE)) {
      fill(file, 0, PAGES);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      armed(address, HUGE, UffdMode.MISSING);
      collapse(address, HUGE);
      assertEquals(HUGE, hugeBytes(address));
    }
  }

  @Test
  void aHoleUnderMinorIsFilled() {
    try (MemoryFile file = file(HUGE)) {
      fill(file, 0, 1);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      armed(address, HUGE, UffdMode.MINOR);
      collapse(address, HUGE);
      assertEquals(4096, file.blocks());
    }
  }

  @Test
  void aHoleUnderWriteProtectIsFilledAlthoughTheCallIsRefused() {
    try (MemoryFile file = file(HUGE)) {
      fill(file, 0, 1);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      armed(address, HUGE, UffdMode.WRITE_PROTECT);
      refused(Errno.EINVAL, () -> collapse(address, HUGE));
      assertEquals(4096, file.blocks());
      assertEquals(0, hugeBytes(address));
      long other = mapAligned(MapRequest.shared(file, 0, HUGE));
      assertEquals(1, byteAt(other));
      assertEquals(HUGE, hugeBytes(other), "another mapping refaults a huge translation");
    }
  }

  @Test
  void unsuitableMappingsAreRefused() {
    try (MemoryFile file = file(2 * HUGE)) {
      fill(file, 0, 1);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      space.advise(range(address, HUGE), Advice.NOHUGEPAGE);
      refused(Errno.EINVAL, () -> collapse(address, HUGE));
      long reserved = mapAligned(anonymous(2 * HUGE));
      long misaligned = space.map(MapRequest.shared(file, PAGE, HUGE).at(reserved));
      refused(Errno.EINVAL, () -> collapse(misaligned, HUGE));
    }
    long untouched = mapAligned(anonymous(HUGE));
    refused(Errno.EINVAL, () -> collapse(untouched, HUGE));
  }

  @Test
  void protectionAndSealsDoNotMatter() {
    try (MemoryFile file = file(HUGE)) {
      fill(file, 0, 3);
      file.addSeals(Set.of(Seal.WRITE, Seal.GROW, Seal.SHRINK));
      long address = mapAligned(MapRequest.shared(file, 0, HUGE).protect(Set.of(Protection.READ)));
      collapse(address, HUGE);
      assertEquals(HUGE, hugeBytes(address));
    }
  }

  @Test
  void fallocatedPagesBecomeData() {
    try (MemoryFile file = file(HUGE)) {
      file.allocate(0, 4 * PAGE);
      assertEquals(OptionalLong.empty(), file.seekData(0));
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      armed(address, HUGE, UffdMode.MINOR);
      collapse(address, HUGE);
      assertEquals(OptionalLong.of(0), file.seekData(0));
    }
  }

  @Test
  void privateMappingsCollapseTheFileUnlessTheyHaveAPageOfTheirOwn() {
    try (MemoryFile file = file(HUGE)) {
      fill(file, 0, 3);
      long clean = mapAligned(privately(file, 0, HUGE));
      collapse(clean, HUGE);
      assertEquals(4096, file.blocks());
    }
    try (MemoryFile file = file(HUGE)) {
      fill(file, 0, 3);
      long dirty = mapAligned(privately(file, 0, HUGE));
      put(dirty, 9);
      refused(Errno.EINVAL, () -> collapse(dirty, HUGE));
      assertEquals(4096, file.blocks(), "the file is collapsed nevertheless");
      assertEquals(9, byteAt(dirty));
    }
  }

  @Test
  void beyondTheEndOfTheFileAHugeTranslationRaisesNothing() {
    try (MemoryFile file = file(PAGE)) {
      fill(file, 0, 1);
      long address = mapAligned(MapRequest.shared(file, 0, HUGE));
      refused(Errno.EFAULT, () -> byteAt(address + 5 * PAGE));
      collapse(address, HUGE);
      assertEquals(0, byteAt(address + 5 * PAGE));
    }
  }

  @Test
  void itStopsAtTheFirstRangeItCannotDo() {
    try (MemoryFile file = file(4 * HUGE)) {
      fill(file, 0, 1);
      fill(file, 2 * PAGES, 2 * PAGES + 1);
      long address = mapAligned(MapRequest.shared(file, 0, 4 * HUGE));
      refused(Errno.EINVAL, () -> collapse(address, 4 * HUGE));
      assertEquals(4096 + 8, file.blocks());
      assertEquals(HUGE, hugeBytes(address));
    }
  }

  @Test
  void rangesWithoutAWholeHugePage() {
    long address = mapAligned(anonymous(2 * HUGE));
    put(address, 1);
    collapse(address, PAGE);
    collapse(address + HUGE - PAGE, 2 * PAGE);
    refused(Errno.EINVAL, () -> collapse(address + PAGE, PAGE));
    refused(Errno.EINVAL, () -> collapse(address + 1, HUGE));
  }

  @Test
  void anonymousMemory() {
    long partly = small(HUGE);
    put(partly, 1);
    collapse(partly, HUGE);
    assertEquals(HUGE, hugeBytes(partly));
    long readOnly = small(HUGE);
    put(readOnly, 1);
    space.protect(range(readOnly, HUGE), Set.of(Protection.READ));
    collapse(readOnly, HUGE);
    long shared =
        mapAligned(
            new MapRequest(
                0, HUGE, READ_WRITE, EnumSet.of(MapFlag.SHARED, MapFlag.ANONYMOUS), null, 0));
    put(shared, 1);
    collapse(shared, HUGE);
    assertEquals(HUGE, hugeBytes(shared));
  }

  @ParameterizedTest
  @CsvSource({"MISSING", "WRITE_PROTECT"})
  void anonymousMemoryWithAHoleUnderAnyWatch(UffdMode mode) {
    long address = small(HUGE);
    put(address, 1);
    armed(address, HUGE, mode);
    refused(Errno.EBUSY, () -> collapse(address, HUGE));
  }

  @Test
  void fullAnonymousMemoryUnderAWatch() {
    long address = small(HUGE);
    for (int page = 0; page < PAGES; page++) {
      put(address + page * PAGE, 1);
    }
    LinuxUserfaultfd userfaultfd = armed(address, HUGE, UffdMode.WRITE_PROTECT);
    userfaultfd.writeProtect(range(address + 4 * PAGE, PAGE), true, false);
    refused(Errno.EINVAL, () -> collapse(address, HUGE));
    userfaultfd.close();
    armed(address, HUGE, UffdMode.MISSING);
    collapse(address, HUGE);
    assertEquals(HUGE, hugeBytes(address));
  }

  @Test
  void aPartlyUnmappedRangeIsDoneAndRefused() {
    long address = small(2 * HUGE);
    put(address, 1);
    space.unmap(range(address + HUGE, HUGE));
    MemoryException refusal = refused(Errno.ENOMEM, () -> collapse(address, 2 * HUGE));
    assertTrue(refusal.getMessage().contains("COLLAPSE"));
    assertEquals(HUGE, hugeBytes(address));
  }

  /** Anonymous memory that gets small pages at first. */
  private long small(long lengthBytes) {
    long reserved = mapAligned(anonymous(lengthBytes));
    return space.map(anonymous(lengthBytes).at(reserved));
  }
}
