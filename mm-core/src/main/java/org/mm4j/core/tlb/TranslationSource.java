/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import java.lang.foreign.MemorySegment;
import org.mm4j.Access;
import org.mm4j.Pages;
import org.mm4j.core.pagetable.Entry;

/** What a processor needs of its address space: page tables, frames, and somebody who faults. */
public interface TranslationSource {
  /** Returns the binary logarithm of the pages in a huge page. */
  int hugeOrder();

  /**
   * Returns the page-table entry at an address if it permits the access, else {@link Entry#NONE}.
   * Lock-free and without allocation: called INSIDE.
   */
  long translate(long address, Access access);

  /** Returns the memory that contains a frame. Called INSIDE. */
  MemorySegment chunkOf(long frame);

  /** Returns where in its chunk a frame begins, in bytes. Called INSIDE. */
  long offsetInChunk(long frame);

  /**
   * Resolves a fault; when it returns the access should be tried again. Called OUTSIDE, with no
   * lock held; may block.
   *
   * @throws RuntimeException as the access answers that cannot be resolved
   */
  void resolve(long address, Access access);

  /** Returns the frame of the page at an address, given the entry that leads to it. */
  default long frameAt(long address, long entry) {
    long frame = Entry.frame(entry);
    return Entry.isHuge(entry)
        ? frame + ((address >>> Pages.SHIFT) & ((1L << hugeOrder()) - 1))
        : frame;
  }
}
