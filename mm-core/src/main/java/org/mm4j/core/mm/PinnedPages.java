/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.mm4j.Pin;
import org.mm4j.core.frame.CoreFolio;
import org.mm4j.sync.WordField;

/** One reference per pinned page, given back once. Thread-safe. */
final class PinnedPages implements Pin {
  private static final WordField CLOSED =
      WordField.of(MethodHandles.lookup(), PinnedPages.class, "closed");

  private final List<CoreFolio> folios;
  private final List<MemorySegment> segments;

  @SuppressWarnings("unused") // accessed through CLOSED
  private long closed;

  PinnedPages(List<CoreFolio> folios, List<MemorySegment> segments) {
    this.folios = List.copyOf(folios);
    this.segments = List.copyOf(segments);
  }

  @Override
  public List<MemorySegment> segments() {
    if (CLOSED.getAcquire(this) != 0) {
      throw new IllegalStateException("this pin is closed");
    }
    return segments;
  }

  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, 0, 1)) {
      folios.forEach(folio -> folio.put(1));
    }
  }
}
