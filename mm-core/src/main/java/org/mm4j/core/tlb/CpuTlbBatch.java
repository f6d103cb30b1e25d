/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.mm4j.spi.Folio;
import org.mm4j.spi.TlbBatch;
import org.mm4j.sync.Sync;

/**
 * The address spaces from which translations were removed, and the references that those had: each
 * address space is flushed once, then the references are given back ({@code mmu_gather}).
 *
 * <p>Owned by one thread; can be used again after a flush. Closing it flushes, so that in a {@code
 * try} neither a failure before nor one of the flush hides the other.
 */
public final class CpuTlbBatch implements TlbBatch, AutoCloseable {
  private static final int GATHER_LIMIT = 4096;

  private final FlushStatistics statistics;
  private final Set<ShootdownDomain> touched = new LinkedHashSet<>();
  private final List<Folio> released = new ArrayList<>();

  /** Creates an empty batch. */
  public CpuTlbBatch(FlushStatistics statistics) {
    this.statistics = statistics;
  }

  /** Notes that a translation of an address space was removed or narrowed. */
  public void touch(ShootdownDomain domain) {
    touched.add(domain);
  }

  /** Takes over the reference that a removed translation had; given back after the flush. */
  public void release(Folio folio) {
    released.add(folio);
  }

  /** Returns whether so much was gathered that it should be flushed now. */
  public boolean isFull() {
    return released.size() >= GATHER_LIMIT;
  }

  @Override
  public void flush() {
    if (!touched.isEmpty()) {
      shootDown();
      touched.clear();
    }
    for (Folio folio : released) {
      folio.put(1);
    }
    released.clear();
  }

  @Override
  public void close() {
    flush();
  }

  private void shootDown() {
    touched.forEach(ShootdownDomain::requireOutside);
    long start = Sync.nanoTime();
    long[] targets = touched.stream().mapToLong(ShootdownDomain::raise).toArray();
    int i = 0;
    for (ShootdownDomain domain : touched) {
      domain.awaitPassed(targets[i++]);
    }
    statistics.record(Sync.nanoTime() - start);
  }
}
