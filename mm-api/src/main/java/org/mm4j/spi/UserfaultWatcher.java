/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/**
 * The userfaultfd behind an armed VMA, as core sees it: core finds that a page is missing, the
 * watcher says what happens. VMAs with different watchers never merge.
 */
public interface UserfaultWatcher {
  /**
   * A page of a VMA armed MISSING is a hole in its file. The mmap lock is held for reading and
   * nothing inside of it; called only for an index without a page-cache entry, below the end of the
   * file.
   *
   * @return {@link FaultOutcome.Wait} after the message was queued, or RETRY if the reason is gone,
   *     or BUS_ERROR if faults of this kind are not handled
   */
  FaultOutcome missing(PageFault fault);

  /**
   * Returns whether a thread waits, or is about to, after {@link #missing} answered {@link
   * FaultOutcome.Wait}. A watcher that cannot tell says so.
   */
  default boolean hasWaiters() {
    return true;
  }

  /** The address space is going away: waiting threads are woken and find it exiting. */
  void addressSpaceExits(MemoryDescriptor mm);
}
