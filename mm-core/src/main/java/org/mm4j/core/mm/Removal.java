/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.mm4j.core.frame.CoreFolio;
import org.mm4j.core.frame.FramePool;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.pagetable.EntryVisitor;
import org.mm4j.core.tlb.CpuTlbBatch;
import org.mm4j.core.tlb.ShootdownDomain;

/**
 * Sees entries that are being removed: passes their dirty bit and map count to the folio, and their
 * reference to the batch, which gives it back after the flush. So a frame is not free while a
 * processor can still use it.
 *
 * <p>Called under the lock of a table. When much was gathered it flushes there and then, which is
 * permitted under any lock.
 */
final class Removal implements EntryVisitor {
  private final FramePool frames;
  private final ShootdownDomain processors;
  private final CpuTlbBatch batch;

  Removal(FramePool frames, ShootdownDomain processors, CpuTlbBatch batch) {
    this.frames = frames;
    this.processors = processors;
    this.batch = batch;
  }

  @Override
  public void visit(long address, long entry) {
    CoreFolio folio = settle(frames, entry);
    batch.touch(processors);
    batch.release(folio);
    if (batch.isFull()) {
      batch.flush();
    }
  }

  /** Passes the dirty bit and the map count on; the reference is left to the caller. */
  static CoreFolio settle(FramePool frames, long entry) {
    CoreFolio folio = frames.folioOf(Entry.frame(entry));
    if (folio == null) {
      throw new IllegalStateException("translation to free frame " + Entry.frame(entry));
    }
    if (Entry.isDirty(entry)) {
      folio.markDirty();
    }
    folio.removeMapping();
    return folio;
  }
}
