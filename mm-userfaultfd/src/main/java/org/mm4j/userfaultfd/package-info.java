/* SPDX-License-Identifier: Apache-2.0 */

/**
 * userfaultfd: whoever holds one is told when a thread touches a page that is not there, and fills
 * it.
 *
 * <p>Start at {@link org.mm4j.userfaultfd.UserfaultContext}, the userfaultfd itself. What it does
 * is in one class each: {@link org.mm4j.userfaultfd.Registration} arms and disarms VMAs, {@link
 * org.mm4j.userfaultfd.PageFilling} is COPY and ZEROPAGE, {@link org.mm4j.userfaultfd.FaultQueue}
 * holds the waiting faults and their messages, {@link org.mm4j.userfaultfd.BlockedFault} is one of
 * them.
 *
 * <p>The way of a fault:
 *
 * <pre>{@code
 * faulting thread                         handler
 * core: hole in an armed VMA
 * missing(): enqueue, look again  ---->   poll()/take(): PENDING -> READ
 * await(), no lock held                   copy(): fill, map, wake the range
 * fault again  <-----------------------
 * }</pre>
 *
 * <p>Lock order: mmap lock → invalidate lock → (folio, page table, page cache, inside core's
 * calls); the queue's lock (rank USERFAULT) is a leaf, taken with at most the mmap and invalidate
 * locks held, and nothing is acquired under it.
 */
@NullMarked
package org.mm4j.userfaultfd;

import org.jspecify.annotations.NullMarked;
