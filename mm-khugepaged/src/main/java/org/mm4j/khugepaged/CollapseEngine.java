/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static com.google.common.base.Preconditions.checkArgument;

import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseTrigger;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseInterceptor;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.FolioAllocator;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.TlbBatch;
import org.mm4j.sync.WordField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a strategy on one range of a file, and answers for the outcome whatever the strategy does.
 *
 * <p>A strategy that throws, answers null, claims a success without a commit, or fails without
 * having rolled back, ends with everything put back and the result FAIL; one that throws after its
 * commit ends with nothing held, and with a huge page that cannot be read if it was not copied yet.
 * The first such event is logged as an error, the following ones for debugging. What the session
 * does not know of, a reverse-map lock above all, is the strategy's own to release.
 *
 * <p>Thread-safe. No lock of rank FOLIO or inside of it may be held by the caller.
 */
public final class CollapseEngine {
  private static final Logger LOG = LoggerFactory.getLogger(CollapseEngine.class);
  private static final WordField MISBEHAVED =
      WordField.of(MethodHandles.lookup(), CollapseEngine.class, "misbehaved");

  private final CollapseStrategy strategy;
  private final FolioAllocator folios;
  private final Supplier<TlbBatch> tlbBatches;
  private final List<CollapseInterceptor> interceptors;
  private final int hugePages;

  @SuppressWarnings("unused") // accessed through MISBEHAVED
  private long misbehaved;

  /**
   * Creates an engine.
   *
   * @param strategy the algorithm
   * @param hugeOrder the binary logarithm of the pages in a huge page
   * @param folios where huge pages come from
   * @param tlbBatches makes an empty batch of removed translations for the calling thread
   * @param interceptors wrap each session; the first sees what the strategy does after the others
   */
  public CollapseEngine(
      CollapseStrategy strategy,
      int hugeOrder,
      FolioAllocator folios,
      Supplier<TlbBatch> tlbBatches,
      List<CollapseInterceptor> interceptors) {
    this.strategy = strategy;
    this.folios = folios;
    this.tlbBatches = tlbBatches;
    this.interceptors = List.copyOf(interceptors);
    this.hugePages = 1 << hugeOrder;
  }

  /** Returns the strategy. */
  public CollapseStrategy strategy() {
    return strategy;
  }

  /**
   * Collapses the huge-page range that begins at an index, or changes nothing but what Linux does
   * not undo either: pages that were brought in, translations that were removed.
   *
   * @param account the address space that the huge page is charged to, or null for none
   * @param mapping the file, held by the caller ({@link Mapping#hold})
   * @param firstIndex a multiple of the pages in a huge page
   * @param trigger who asks
   * @return SUCCEED, PTE_MAPPED_HUGEPAGE if it was huge before, or why not
   */
  public ScanResult collapse(
      @Nullable MemoryDescriptor account,
      Mapping mapping,
      long firstIndex,
      CollapseTrigger trigger) {
    checkArgument(firstIndex % hugePages == 0, "index %s is not aligned", firstIndex);
    CollapseTransaction transaction =
        new CollapseTransaction(
            mapping,
            new PageRange(firstIndex, hugePages),
            trigger,
            folios,
            account,
            tlbBatches.get());
    ScanResult claimed;
    try {
      claimed = strategy.collapse(intercepted(transaction));
    } catch (Throwable thrown) {
      return abandon(transaction, thrown);
    }
    return judge(transaction, claimed);
  }

  private CollapseSession intercepted(CollapseTransaction transaction) {
    CollapseSession session = transaction;
    for (CollapseInterceptor interceptor : interceptors) {
      session = interceptor.intercept(session);
    }
    return session;
  }

  /** Believes the session, not the strategy. */
  private ScanResult judge(CollapseTransaction transaction, @Nullable ScanResult claimed) {
    if (transaction.isCommitted()) {
      transaction.finish();
      if (claimed != ScanResult.SUCCEED) {
        report(transaction, "answered " + claimed + " after its commit", null);
        return ScanResult.FAIL;
      }
      return ScanResult.SUCCEED;
    }
    transaction.rollBack();
    if (claimed == null || claimed == ScanResult.SUCCEED) {
      report(transaction, "answered " + claimed + " without a commit", null);
      return ScanResult.FAIL;
    }
    return claimed;
  }

  private ScanResult abandon(CollapseTransaction transaction, Throwable thrown) {
    try {
      if (transaction.isCommitted()) {
        transaction.finishAfterThrow();
      } else {
        transaction.rollBack();
      }
    } catch (RuntimeException | Error second) {
      thrown.addSuppressed(second);
    }
    report(
        transaction,
        transaction.isCommitted() ? "threw after its commit" : "threw and was rolled back",
        thrown);
    return ScanResult.FAIL;
  }

  private void report(CollapseTransaction transaction, String what, @Nullable Throwable thrown) {
    String message = "Collapse strategy {} {} at step {} of {}";
    Object[] arguments = {
      strategy.name(), what, transaction.lastStep(), transaction.range(), thrown
    };
    if (MISBEHAVED.compareAndSet(this, 0, 1)) {
      LOG.error(message, arguments);
    } else {
      LOG.debug(message, arguments);
    }
  }
}
