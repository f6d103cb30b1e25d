/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;

/**
 * One collapse: what it works on, and everything it holds, so that a strategy that throws loses
 * nothing. Owned by the thread that collapses.
 *
 * <p>The engine runs the strategy, and if it throws, or returns a failure without having rolled
 * back, and nothing was committed, rolls back. Afterwards it requires that nothing is held. After
 * {@link #committed()} nothing may fail.
 */
public interface CollapseSession {
  /** Returns the file. */
  Mapping mapping();

  /** Returns the pages that become one, aligned to their number. */
  PageRange range();

  /** Returns who asked. */
  CollapseTrigger trigger();

  /**
   * Allocates and charges the target, locks it and attaches it to the file at the range's first
   * index.
   *
   * @return null, or ALLOC_HUGE_PAGE_FAIL or CGROUP_CHARGE_FAIL
   */
  @Nullable ScanResult allocateTarget();

  /**
   * Returns the target: locked, not up to date, one reference.
   *
   * @throws IllegalStateException if it was not allocated
   */
  Folio target();

  /** Returns the one cursor of this collapse. */
  PageCacheCursor cursor();

  /**
   * Hands over a source: locked, referenced, isolated, unmapped, at an index above the last one.
   */
  void addSource(Folio folio);

  /**
   * Returns the sources in index order. After the commit a strategy removes from this list what it
   * frees; what is left when it returns or throws is freed by the engine.
   */
  List<Folio> sources();

  /** Returns the batch of removed translations. */
  TlbBatch tlb();

  /**
   * Charges holes against the file's limit and adds them to the number of present pages. Whether
   * the cursor is locked or not, it is so afterwards.
   *
   * @return false if the limit is reached; nothing changed
   */
  boolean chargeHoles(long pages);

  /** Announces a step. */
  void step(CollapseStep step);

  /**
   * Says that the range is collapsed: from here on nothing can fail and nothing is rolled back. The
   * target's lock is the strategy's to release, after the last thing that may throw: if it throws
   * all the same, the engine releases the lock, and takes a target that is not up to date for one
   * that was not copied and does not have the page cache's references yet.
   */
  void committed();

  /** Returns whether {@link #committed()} was called. */
  boolean isCommitted();

  /**
   * Puts everything back: placeholders become holes, slots of the target become the source or a
   * hole, holes are uncharged, sources unlocked, put back and released, the cursor unlocked, the
   * target dropped. What others stored meanwhile stays. Calling it twice does nothing.
   */
  void rollBack();
}
