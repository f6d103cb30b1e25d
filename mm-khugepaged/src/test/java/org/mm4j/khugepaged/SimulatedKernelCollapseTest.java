/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.Extension;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.PageRange;
import org.mm4j.Pin;
import org.mm4j.ScanResult;
import org.mm4j.SimulatedBuilder;
import org.mm4j.UffdMode;
import org.mm4j.Userfaultfd;
import org.mm4j.core.cache.XArrayPageCache;
import org.mm4j.khugepaged.fake.StepLog;
import org.mm4j.spi.AuditedSystem;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.testkit.AuditDifference;
import org.mm4j.testkit.InvariantChecker;

/** The strategies on the page cache, page tables, files and userfaultfd of the simulated kernel. */
final class SimulatedKernelCollapseTest {
  private static final int PAGE = 4096;
  private static final int HUGE_ORDER = 3;
  private static final int HUGE_PAGES = 1 << HUGE_ORDER;
  private static final long HUGE_BYTES = (long) HUGE_PAGES * PAGE;
  private static final long BASE = 64 * HUGE_BYTES;
  private static final AddressRange RANGE = new AddressRange(BASE, HUGE_BYTES);

  private AuditedSystem system;
  private MemoryFile file;
  private AddressSpace space;

  private void boot(String strategy, Extension... extensions) {
    boot(builder -> builder, strategy, extensions);
  }

  private void boot(
      UnaryOperator<SimulatedBuilder> settings, String strategy, Extension... extensions) {
    SimulatedBuilder builder =
        MemorySystem.simulated()
            .physicalBytes(1024L * PAGE)
            .hugeOrder(HUGE_ORDER)
            .chunkShift(2)
            .strategy(strategy);
    for (Extension extension : extensions) {
      builder = builder.with(extension);
    }
    system = (AuditedSystem) settings.apply(builder).build();
    file = system.createMemoryFile("guest", Set.of());
    file.truncate(2 * HUGE_BYTES);
    space = system.newAddressSpace();
    space.map(MapRequest.shared(file, 0, 2 * HUGE_BYTES).at(BASE));
  }

  @AfterEach
  void shutDown() {
    InvariantChecker.assertHolds(system.audit());
    space.close();
    file.close();
    InvariantChecker.assertBalanced(system.audit());
    system.close();
  }

  private static byte[] content(int page) {
    byte[] bytes = new byte[PAGE];
    Arrays.fill(bytes, (byte) (page + 1));
    return bytes;
  }

  private void fillExcept(Integer... holes) {
    for (int page = 0; page < HUGE_PAGES; page++) {
      if (!List.of(holes).contains(page)) {
        space.write(BASE + (long) page * PAGE, MemorySegment.ofArray(content(page)));
      }
    }
  }

  private void assertContentExcept(Integer... holes) {
    for (int page = 0; page < HUGE_PAGES; page++) {
      byte[] found = new byte[PAGE];
      space.read(BASE + (long) page * PAGE, MemorySegment.ofArray(found));
      byte[] expected = List.of(holes).contains(page) ? new byte[PAGE] : content(page);
      assertArrayEquals(expected, found, "page " + page);
    }
  }

  private boolean isHuge() {
    return system.audit().folios().stream().anyMatch(folio -> folio.order() == HUGE_ORDER);
  }

  /** Requires a refusal that leaves everything as it was, but what Linux does not undo either. */
  private void assertRefused(Errno errno, ScanResult result) {
    MemoryAudit before = system.audit();
    MemoryException refused =
        assertThrows(MemoryException.class, () -> space.advise(RANGE, Advice.COLLAPSE));
    assertEquals(errno, refused.errno(), refused::getMessage);
    AuditDifference.between(
            before,
            system.audit(),
            AuditDifference.Allowance.failedCollapse("guest", new PageRange(0, HUGE_PAGES)))
        .assertNone();
    assertEquals(1, system.hugePages().statistics().count(result), result.name());
  }

  private Userfaultfd watch(AddressSpace watching, long page, long pageCount) {
    watching.map(MapRequest.shared(file, page * PAGE, pageCount * PAGE).at(BASE + page * PAGE));
    Userfaultfd userfaultfd = watching.userfaultfd(Set.of());
    userfaultfd.handshake(Set.of());
    userfaultfd.register(
        new AddressRange(BASE + page * PAGE, pageCount * PAGE), Set.of(UffdMode.MISSING));
    return userfaultfd;
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux", "linux-as-merged", "seed-v2", "pre-fix"})
  void collapsesAndInstalls(String strategy) {
    boot(strategy);
    fillExcept(3);
    space.advise(RANGE, Advice.COLLAPSE);
    assertTrue(isHuge());
    assertContentExcept(3);
    assertEquals(
        List.of(HUGE_ORDER),
        system.audit().spaces().getFirst().translations().stream()
            .map(MemoryAudit.TranslationBook::order)
            .toList());
    assertEquals(HUGE_PAGES, system.audit().files().getFirst().presentPages());
    assertEquals(HUGE_PAGES, system.audit().files().getFirst().chargedPages());
    space.advise(RANGE, Advice.COLLAPSE);
    assertEquals(1, system.hugePages().statistics().count(ScanResult.PMD_MAPPED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux", "linux-as-merged", "seed-v2", "pre-fix"})
  void rule_5_9_daemonLeavesTheMappingToTheNextFault(String strategy) {
    boot(strategy);
    fillExcept(0, 7);
    space.advise(RANGE, Advice.HUGEPAGE);
    system.hugePages().scanOnce();
    assertTrue(isHuge());
    assertEquals(1, system.hugePages().statistics().pagesCollapsed());
    assertContentExcept(0, 7);
  }

  /** What the demonstration shows: pages 4 and up watched, a hole among them. */
  @ParameterizedTest
  @ValueSource(strings = {"linux", "linux-as-merged", "seed-v2", "pre-fix"})
  void watchedHole(String strategy) {
    boot(strategy);
    fillExcept(5);
    try (AddressSpace watching = system.newAddressSpace();
        Userfaultfd userfaultfd = watch(watching, 4, 4)) {
      if (strategy.startsWith("linux")) {
        assertRefused(Errno.EBUSY, ScanResult.EXCEED_NONE_PTE);
        assertEquals(5L * PAGE, file.seekHole(0).orElseThrow());
      } else {
        space.advise(RANGE, Advice.COLLAPSE);
        assertEquals(HUGE_BYTES, file.seekHole(0).orElseThrow(), "the hole was filled");
      }
      assertFalse(userfaultfd.isReadable());
    }
  }

  @Test
  void watcherOfTheFirstPageStopsTheSeed() {
    boot("seed-v2");
    fillExcept(5);
    try (AddressSpace watching = system.newAddressSpace();
        Userfaultfd userfaultfd = watch(watching, 0, 8)) {
      assertRefused(Errno.EBUSY, ScanResult.EXCEED_NONE_PTE);
      assertFalse(userfaultfd.isReadable());
    }
  }

  /** One page pinned, holes in all other nodes: those were reserved, and are not needed. */
  @ParameterizedTest
  @ValueSource(strings = {"linux", "seed-v2", "pre-fix"})
  void aFailedCollapseKeepsNoNodes(String strategy) {
    boot(strategy);
    fillExcept(4, 5, 6, 7);
    XArrayPageCache pageCache = (XArrayPageCache) ((MappableFile) file).mapping().pageCache();
    long before = pageCache.metadataBytes();
    try (Pin pin = space.pin(new AddressRange(BASE, PAGE), Access.READ)) {
      assertEquals(1, pin.segments().size());
      assertRefused(Errno.EAGAIN, ScanResult.PAGE_COUNT);
    }
    assertEquals(before, pageCache.metadataBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux", "seed-v2", "pre-fix"})
  void pinnedPage(String strategy) {
    boot(strategy);
    fillExcept(2);
    try (Pin pin = space.pin(new AddressRange(BASE + 6L * PAGE, PAGE), Access.READ)) {
      assertEquals(1, pin.segments().size());
      assertRefused(Errno.EAGAIN, ScanResult.PAGE_COUNT);
    }
    assertContentExcept(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux", "seed-v2", "pre-fix"})
  void emptyRange(String strategy) {
    boot(strategy);
    assertRefused(Errno.EINVAL, ScanResult.TRUNCATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux", "seed-v2", "pre-fix"})
  void limitOfTheFile(String strategy) {
    boot(builder -> builder.perFileLimitBytes(6L * PAGE), strategy);
    fillExcept(1, 2, 3);
    assertRefused(Errno.EINVAL, ScanResult.FAIL);
    byte[] found = new byte[PAGE];
    space.read(BASE + 7L * PAGE, MemorySegment.ofArray(found));
    assertArrayEquals(content(7), found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux", "seed-v2", "pre-fix"})
  void fallocatedPagesBecomeData(String strategy) {
    boot(strategy);
    file.allocate(0, HUGE_BYTES);
    assertEquals(OptionalLong.empty(), file.seekData(0));
    space.advise(RANGE, Advice.COLLAPSE);
    assertEquals(0, file.seekData(0).orElseThrow());
    assertTrue(isHuge());
  }

  /** Somebody fills a hole after it was counted. */
  @ParameterizedTest
  @ValueSource(strings = {"linux", "seed-v2"})
  void holeFilledMeanwhile(String strategy) {
    StepLog log = new StepLog();
    boot(strategy, log);
    fillExcept(1, 6);
    CollapseStep window =
        strategy.equals("linux") ? CollapseStep.STORE_PLACEHOLDERS : CollapseStep.RECOUNT;
    byte[] written = content(6);
    Runnable write = () -> file.write(6L * PAGE, MemorySegment.ofArray(written));
    log.before(window, () -> CompletableFuture.runAsync(write).join());
    MemoryException refused =
        assertThrows(MemoryException.class, () -> space.advise(RANGE, Advice.COLLAPSE));
    assertEquals(Errno.EAGAIN, refused.errno());
    assertEquals(1, system.hugePages().statistics().count(ScanResult.PAGE_FILLED));
    assertContentExcept(1);
  }

  /** Faults at every step: audit as before, or a committed huge page that is never wrong. */
  @ParameterizedTest
  @ValueSource(strings = {"linux", "linux-as-merged", "seed-v2", "pre-fix"})
  void rule_5_3_losesNothingIfItThrowsAtAnyStep(String strategy) {
    int steps = HUGE_PAGES;
    for (int number = 0; number < steps; number++) {
      StepLog faulty = new StepLog().throwingAt(number);
      boot(strategy, faulty);
      fillExcept(0, 3);
      MemoryAudit before = system.audit();
      boolean failed = false;
      try {
        space.advise(RANGE, Advice.COLLAPSE);
      } catch (MemoryException expected) {
        failed = true;
      }
      if (!failed) {
        assertTrue(number > HUGE_PAGES, "the last step was passed");
        return;
      }
      steps = number + 2;
      if (!faulty.isCommitted()) {
        AuditDifference.between(
                before,
                system.audit(),
                AuditDifference.Allowance.failedCollapse("guest", new PageRange(0, HUGE_PAGES)))
            .assertNone();
        assertContentExcept(0, 3);
      }
      shutDown();
    }
  }
}
