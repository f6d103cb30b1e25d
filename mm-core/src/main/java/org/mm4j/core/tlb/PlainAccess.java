/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import java.lang.foreign.MemorySegment;
import org.mm4j.Access;
import org.mm4j.Pages;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.sync.Sync;

/**
 * Moves bytes between an address space and a segment, as system calls do: page by page, each on a
 * borrowed processor. No lock is held; faults are taken OUTSIDE. Thread-safe.
 */
public final class PlainAccess {
  private final ShootdownDomain domain;
  private final TranslationSource source;

  /**
   * Creates the access.
   *
   * @param source whose {@link TranslationSource#resolve} throws what the call shall throw
   */
  public PlainAccess(ShootdownDomain domain, TranslationSource source) {
    this.domain = domain;
    this.source = source;
  }

  /** Copies from the address space. What lies before a page that cannot be read was copied. */
  public void read(long address, MemorySegment to) {
    move(address, to, Access.READ);
  }

  /** Copies into the address space. What lies before a page that cannot be written was copied. */
  public void write(long address, MemorySegment from) {
    move(address, from, Access.WRITE);
  }

  private void move(long address, MemorySegment segment, Access access) {
    domain.requireOutside();
    long length = segment.byteSize();
    long done = 0;
    while (done < length) {
      long at = address + done;
      long count = Math.min(length - done, Pages.SIZE_BYTES - (at & Pages.OFFSET_MASK));
      if (movePage(at, segment, done, count, access)) {
        done += count;
      } else {
        source.resolve(at, access);
      }
    }
  }

  private boolean movePage(
      long address, MemorySegment segment, long offset, long count, Access access) {
    Processor processor = domain.borrow();
    try {
      long entry = source.translate(address, access);
      if (entry == Entry.NONE) {
        return false;
      }
      long frame = source.frameAt(address, entry);
      MemorySegment chunk = source.chunkOf(frame);
      long inChunk = source.offsetInChunk(frame) + (address & Pages.OFFSET_MASK);
      if (access == Access.WRITE) {
        Sync.content(Sync.ContentAccess.WRITE, frame);
        MemorySegment.copy(segment, offset, chunk, inChunk, count);
      } else {
        Sync.content(Sync.ContentAccess.READ, frame);
        MemorySegment.copy(chunk, inChunk, segment, offset, count);
      }
      return true;
    } finally {
      domain.giveBack(processor);
    }
  }
}
