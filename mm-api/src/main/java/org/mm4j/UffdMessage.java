/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** What a userfaultfd tells its reader. */
public sealed interface UffdMessage {
  /**
   * A thread waits in a fault.
   *
   * @param address the faulting address, rounded down to the page unless {@link
   *     UffdFeature#EXACT_ADDRESS}
   * @param flags {@code UFFD_PAGEFAULT_FLAG_*}: 1 for a store, 2 write-protect, 4 minor
   * @param thread the faulting thread's id with {@link UffdFeature#THREAD_ID}, else 0
   */
  record PageFault(long address, long flags, int thread) implements UffdMessage {
    /** The access was a store. */
    public static final long FLAG_WRITE = 1;

    /** The page is write-protected. */
    public static final long FLAG_WP = 2;

    /** The file has the page, the mapping does not. */
    public static final long FLAG_MINOR = 4;
  }

  /**
   * The watched address space was copied ({@link UffdFeature#EVENT_FORK}). The copying thread waits
   * until this message has been read.
   *
   * @param child watches the same ranges of the copy; the reader closes it
   */
  record Fork(Userfaultfd child) implements UffdMessage {}

  /**
   * A watched mapping has moved ({@link UffdFeature#EVENT_REMAP}).
   *
   * @param from where it was
   * @param to where it is
   * @param lengthBytes how long it is now
   */
  record Remap(long from, long to, long lengthBytes) implements UffdMessage {}

  /**
   * Pages of a watched range are about to be dropped ({@link UffdFeature#EVENT_REMOVE}).
   *
   * @param range the pages
   */
  record Remove(AddressRange range) implements UffdMessage {}

  /**
   * A watched range was unmapped ({@link UffdFeature#EVENT_UNMAP}).
   *
   * @param range the range
   */
  record Unmap(AddressRange range) implements UffdMessage {}
}
