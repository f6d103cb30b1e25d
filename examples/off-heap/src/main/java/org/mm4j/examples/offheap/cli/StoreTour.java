/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import static org.mm4j.examples.offheap.cli.Amounts.bytes;
import static org.mm4j.examples.offheap.cli.Amounts.count;
import static org.mm4j.examples.offheap.cli.Amounts.nanos;

import java.lang.foreign.Arena;
import java.time.Duration;
import org.mm4j.examples.offheap.collapse.BackgroundCollapser;
import org.mm4j.examples.offheap.collapse.BlockPolicy;
import org.mm4j.examples.offheap.collapse.Collapser;
import org.mm4j.examples.offheap.collapse.HugePageReport;
import org.mm4j.examples.offheap.memory.HugeMemory;
import org.mm4j.examples.offheap.store.RecordStore;

/**
 * One store's life, told step by step: filled while the background collapses, thinned out,
 * collapsed on demand, and checked byte by byte.
 */
final class StoreTour {
  private static final int BLOCKS_PER_ROUND = 4;
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Page page;
  private final HugeMemory memory;
  private final BlockPolicy policy;
  private final Collapser collapser;
  private final BackgroundCollapser background;
  private final RecordStore store;
  private final int added;

  StoreTour(Page page, HugeMemory memory, int recordBytes, BlockPolicy policy) {
    this.page = page;
    this.memory = memory;
    this.policy = policy;
    this.collapser = new Collapser(memory, System::nanoTime);
    this.background = new BackgroundCollapser(collapser, policy, BLOCKS_PER_ROUND, PAUSE);
    this.store = new RecordStore(memory.bytes(), recordBytes, memory::giveBack);
    this.added = (int) (store.capacity() * 7L / 10); // ends within a block
  }

  void run() throws InterruptedException {
    background.startAsync().awaitRunning();
    try (Arena arena = Arena.ofConfined()) {
      Records records = new Records(store, arena);
      fill(records);
      settle();
      report();
      thinOut();
      settle();
      report();
      collapseOnDemand();
      report();
      check(records);
    } finally {
      background.stopAsync().awaitTerminated();
    }
  }

  private void fill(Records records) {
    page.step(
        "background",
        "started: it collapses "
            + policy.describe()
            + ", "
            + BLOCKS_PER_ROUND
            + " at a time, then rests "
            + PAUSE.toMillis()
            + " ms");
    long begun = System.nanoTime();
    records.add(added);
    page.step(
        "fill",
        count(added)
            + " records of "
            + store.recordBytes()
            + " bytes in "
            + nanos(System.nanoTime() - begun)
            + ", while the background made "
            + background.collapsed()
            + " blocks huge");
  }

  /** Waits until the background has nothing to do. */
  private void settle() throws InterruptedException {
    long before = background.collapsed();
    long refusedBefore = background.refused();
    long begun = System.nanoTime();
    boolean settled = background.awaitIdle(PATIENCE);
    page.step(
        "background",
        (background.collapsed() - before)
            + " more blocks made huge, "
            + (background.refused() - refusedBefore)
            + " collapses refused, "
            + (settled ? "nothing left to do after " : "not done after ")
            + nanos(System.nanoTime() - begun));
  }

  private void report() {
    page.report(HugePageReport.of(collapser, policy), memory.blockBytes());
  }

  /** The oldest eighth goes altogether; of the next one, every fourth page. */
  private void thinOut() {
    long begun = System.nanoTime();
    int removed = 0;
    for (int number = 0; number < added; number++) {
      if (isRemoved(number)) {
        store.remove(number);
        removed++;
      }
    }
    int pages = store.returnEmptyPages();
    page.step(
        "remove",
        count(removed)
            + " records; "
            + count(pages)
            + " empty pages given back, in "
            + nanos(System.nanoTime() - begun));
  }

  private boolean isRemoved(int number) {
    long eighth = memory.bytes().sizeBytes() / 8;
    long offset = (long) number * store.recordBytes();
    return offset < eighth || (offset < 2 * eighth && offset / 4096 % 4 == 3);
  }

  private void collapseOnDemand() {
    long before = memory.footprint().residentBytes();
    long begun = System.nanoTime();
    int huge = collapser.collapseAll();
    long took = System.nanoTime() - begun;
    page.step(
        "collapse",
        "on demand, whatever the policy thinks: "
            + huge
            + " blocks are huge, after "
            + nanos(took)
            + "; the holes took "
            + bytes(memory.footprint().residentBytes() - before)
            + " more memory");
  }

  private void check(Records records) {
    int checked = 0;
    for (int number = 0; number < added; number++) {
      if (!isRemoved(number)) {
        records.check(number);
        checked++;
      }
    }
    if (checked != store.size()) {
      throw new IllegalStateException(store.size() + " records instead of " + checked);
    }
    page.step("check", count(checked) + " records are what was added, byte by byte");
  }
}
