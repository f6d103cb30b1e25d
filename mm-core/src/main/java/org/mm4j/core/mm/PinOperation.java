/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.Pin;
import org.mm4j.core.frame.CoreFolio;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.tlb.Processor;
import org.mm4j.core.tlb.TranslationSource;
import org.mm4j.sync.Sync;

/**
 * Pins pages ({@code pin_user_pages}): takes a reference on each through its translation.
 *
 * <p>The reference is taken INSIDE: whoever removed the translation has to wait with freeing the
 * frame until we have left, so the folio that owns the frame is the one that is mapped. The
 * translation is looked at again afterwards, because a collapse counts before it waits for us.
 */
final class PinOperation {
  private static final String CALL = "pin";

  private final ProcessMemory mm;
  private final TranslationSource source;
  private final Access access;

  PinOperation(ProcessMemory mm, TranslationSource source, Access access) {
    this.mm = mm;
    this.source = source;
    this.access = access;
  }

  Pin run(AddressRange range) {
    if (!RangeChecks.contain(range.start(), range.lengthBytes())) {
      throw new MemoryException(Errno.EFAULT, CALL, range.start(), "beyond the user addresses");
    }
    List<CoreFolio> folios = new ArrayList<>();
    List<MemorySegment> segments = new ArrayList<>();
    boolean done = false;
    try {
      long address = range.start();
      while (address < range.end()) {
        long length = Math.min(range.end(), Pages.alignDown(address) + Pages.SIZE_BYTES) - address;
        segments.add(pinPage(address, length, folios));
        address += length;
      }
      done = true;
      return new PinnedPages(folios, segments);
    } finally {
      if (!done) {
        folios.forEach(folio -> folio.put(1));
      }
    }
  }

  private MemorySegment pinPage(long address, long length, List<CoreFolio> folios) {
    while (true) {
      long attempt = Sync.attempt();
      long entry = source.translate(address, access);
      if (entry == Entry.NONE) {
        source.resolve(address, access);
        continue;
      }
      long frame = source.frameAt(address, entry);
      CoreFolio folio = take(address, frame);
      if (folio != null) {
        folios.add(folio);
        MemorySegment page = folio.data((int) (frame - folio.frame()));
        MemorySegment part = page.asSlice(address & Pages.OFFSET_MASK, length);
        if (access != Access.WRITE) {
          return part.asReadOnly();
        }
        folio.markDirty();
        return part;
      }
      Sync.retry(attempt);
    }
  }

  /**
   * Takes a reference if the address leads to the frame, before and after.
   *
   * <p>The second look is for a collapse, which removes the translation, counts the references, and
   * only then flushes: what is taken after its count must be seen and given back. Removing a
   * translation changes the folio's count word too, so either the collapse counts our reference, or
   * we see that the translation is gone.
   */
  private @Nullable CoreFolio take(long address, long frame) {
    CoreFolio taken = null;
    boolean stillThere = false;
    Processor processor = mm.processors().borrow();
    try {
      if (leadsTo(address, frame)) {
        CoreFolio folio = mm.frames().folioOf(frame);
        taken = folio != null && folio.tryGet() ? folio : null;
        stillThere = taken != null && leadsTo(address, frame);
      }
    } finally {
      mm.processors().giveBack(processor);
    }
    if (taken != null && !stillThere) {
      taken.put(1); // not INSIDE: it may be the last one
      return null;
    }
    return taken;
  }

  private boolean leadsTo(long address, long frame) {
    long entry = source.translate(address, access);
    return entry != Entry.NONE && source.frameAt(address, entry) == frame;
  }
}
