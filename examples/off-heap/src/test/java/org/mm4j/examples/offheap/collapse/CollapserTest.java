/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.examples.offheap.collapse.BlockState.Known;
import org.mm4j.examples.offheap.collapse.HugePageReport.Reason;
import org.mm4j.examples.offheap.memory.HugeMemory;
import org.mm4j.examples.offheap.memory.SimulatedKernel;

/** Collapses on demand, in the background, and what is told about them. */
final class CollapserTest {
  private static final long BLOCK = 2 << 20;
  private static final long PAGE = 4096;
  private static final BlockPolicy POLICY = new FullestFirst(90);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static void touch(HugeMemory memory, int block, int pages) {
    for (int page = 0; page < pages; page++) {
      memory.bytes().putLong(block * BLOCK + page * PAGE, block + page);
    }
  }

  private static HugeMemory fullMemoryThatRefuses(int blocks, Errno errno) {
    HugeMemory memory = mock(HugeMemory.class);
    when(memory.blockCount()).thenReturn(blocks);
    when(memory.pagesPerBlock()).thenReturn(512);
    when(memory.residentPages(anyInt())).thenReturn(512);
    when(memory.footprint())
        .thenReturn(new HugeMemory.Footprint(blocks * BLOCK, blocks * BLOCK, 0));
    doThrow(new MemoryException(errno, "madvise", 0, "no")).when(memory).collapse(anyInt());
    return memory;
  }

  @Test
  void aCollapseIsRememberedUntilPagesAreGivenBack() {
    try (SimulatedKernel kernel = new SimulatedKernel(32 << 20);
        HugeMemory memory = kernel.map("test", 4 * BLOCK, false)) {
      Collapser collapser = new Collapser(memory, () -> 0);
      touch(memory, 1, 3);
      assertEquals(new BlockFacts(1, 3, 512, Known.UNTRIED), collapser.facts(1));
      assertEquals(Known.HUGE, collapser.collapse(1));
      assertEquals(new BlockFacts(1, 512, 512, Known.HUGE), collapser.facts(1));
      memory.giveBack(BLOCK, PAGE);
      assertEquals(new BlockFacts(1, 511, 512, Known.SPLIT), collapser.facts(1));
      touch(memory, 1, 1);
      assertEquals(new BlockFacts(1, 512, 512, Known.SPLIT), collapser.facts(1));
    }
  }

  @Test
  void everyBlockWithAPageIsCollapsedOnDemand() {
    try (SimulatedKernel kernel = new SimulatedKernel(32 << 20);
        HugeMemory memory = kernel.map("test", 4 * BLOCK, false)) {
      Collapser collapser = new Collapser(memory, () -> 0);
      touch(memory, 0, 1);
      touch(memory, 3, 512);
      assertEquals(2, collapser.collapseAll());
      assertEquals(2 * BLOCK, memory.footprint().hugeBytes());
      assertEquals(Known.UNTRIED, collapser.facts(1).state());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EAGAIN, IN_USE",
    "EBUSY, WATCHED",
    "ENOMEM, NO_HUGE_PAGE",
    "EINVAL, NOT_ELIGIBLE",
    "EPERM, OTHER"
  })
  void aRefusalHasAReasonAndATime(Errno errno, Refusal reason) {
    Collapser collapser = new Collapser(fullMemoryThatRefuses(1, errno), () -> 123);
    BlockState.Refused refused = assertInstanceOf(BlockState.Refused.class, collapser.collapse(0));
    assertEquals(reason, refused.reason());
    assertEquals(123, refused.atNanos());
    assertTrue(refused.message().contains(errno.name()), refused::message);
    Reason told = HugePageReport.of(collapser, POLICY).reasons().getFirst();
    assertTrue(told.why().startsWith(reason.explanation()), told::why);
    assertTrue(told.why().contains(refused.message()), told::why);
  }

  @Test
  void theReportGroupsBlocksByReason() {
    try (SimulatedKernel kernel = new SimulatedKernel(64 << 20);
        HugeMemory memory = kernel.map("test", 8 * BLOCK, false)) {
      Collapser collapser = new Collapser(memory, () -> 0);
      touch(memory, 0, 512);
      touch(memory, 1, 512);
      touch(memory, 2, 100);
      touch(memory, 4, 90);
      collapser.collapse(0);
      HugePageReport report = HugePageReport.of(collapser, POLICY);
      assertEquals(1, report.hugeBlocks());
      assertEquals(BLOCK, report.footprint().hugeBytes());
      List<String> which = report.reasons().stream().map(Reason::which).toList();
      assertEquals(List.of("3, 5-7", "2, 4", "1"), which);
      assertEquals(90, report.reasons().get(1).fewestPages());
      assertEquals(100, report.reasons().get(1).mostPages());
      assertTrue(report.reasons().get(1).why().contains("too empty"));
      assertTrue(report.reasons().get(2).why().contains("its turn has not come"));
    }
  }

  @Test
  void theBackgroundCollapsesWhatThePolicyWantsAndThenRests() throws InterruptedException {
    try (SimulatedKernel kernel = new SimulatedKernel(64 << 20);
        HugeMemory memory = kernel.map("test", 8 * BLOCK, false)) {
      for (int block = 0; block < 6; block++) {
        touch(memory, block, 512);
      }
      touch(memory, 6, 100);
      Collapser collapser = new Collapser(memory, System::nanoTime);
      BackgroundCollapser background =
          new BackgroundCollapser(collapser, POLICY, 2, Duration.ofMillis(1));
      background.startAsync().awaitRunning();
      try {
        assertTrue(background.awaitIdle(LIMIT));
        assertEquals(6, background.collapsed());
        assertEquals(6 * BLOCK, memory.footprint().hugeBytes());
      } finally {
        background.stopAsync().awaitTerminated();
      }
    }
  }

  @Test
  void withoutAHugePageARoundEndsAndTheNextOneTriesAnotherBlock() throws InterruptedException {
    HugeMemory memory = fullMemoryThatRefuses(3, Errno.ENOMEM);
    BackgroundCollapser background =
        new BackgroundCollapser(new Collapser(memory, () -> 0), POLICY, 3, Duration.ofMillis(1));
    background.startAsync().awaitRunning();
    try {
      assertTrue(background.awaitIdle(LIMIT));
    } finally {
      background.stopAsync().awaitTerminated();
    }
    assertEquals(3, background.refused());
    verify(memory, times(3)).collapse(anyInt());
  }
}
