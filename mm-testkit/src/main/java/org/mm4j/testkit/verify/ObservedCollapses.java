/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import org.jspecify.annotations.Nullable;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseInterceptor;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.TlbBatch;
import org.mm4j.testkit.ForwardingCursor;
import org.mm4j.testkit.ForwardingSession;
import org.mm4j.testkit.verify.CollapseListener.Call;

/**
 * Lets a {@link CollapseListener} see every collapse of a kernel. Folios and the mapping are the
 * real ones, so a strategy may compare them as it likes; only the session and its cursor are
 * wrapped.
 */
final class ObservedCollapses implements CollapseInterceptor {
  private CollapseListener listener = new CollapseListener() {};

  /** Replaces who sees the collapses that begin from now on. */
  void listen(CollapseListener other) {
    listener = other;
  }

  @Override
  public CollapseSession intercept(CollapseSession session) {
    listener.begins(session);
    return new Observed(session, listener);
  }

  private static final class Observed extends ForwardingSession {
    private final CollapseListener listener;
    private final PageCacheCursor real;
    private final ObservedCursor cursor;

    Observed(CollapseSession session, CollapseListener listener) {
      super(session);
      this.listener = listener;
      this.real = session.cursor();
      this.cursor = new ObservedCursor(real, this, listener);
    }

    private void calls(Call call) {
      listener.beforeCall(call, real, this);
    }

    @Override
    public PageCacheCursor cursor() {
      return cursor;
    }

    @Override
    public @Nullable ScanResult allocateTarget() {
      calls(Call.ALLOCATE_TARGET);
      return super.allocateTarget();
    }

    @Override
    public boolean chargeHoles(long pages) {
      calls(Call.CHARGE_HOLES);
      return super.chargeHoles(pages);
    }

    @Override
    public void addSource(Folio folio) {
      calls(Call.ADD_SOURCE);
      super.addSource(folio);
    }

    @Override
    public TlbBatch tlb() {
      calls(Call.TLB);
      return super.tlb();
    }

    @Override
    public void rollBack() {
      calls(Call.ROLL_BACK);
      super.rollBack();
    }

    @Override
    public void step(CollapseStep step) {
      listener.announced(step, this);
      super.step(step);
    }

    @Override
    public void committed() {
      super.committed();
      listener.committed(this);
    }
  }

  private static final class ObservedCursor extends ForwardingCursor {
    private final PageCacheCursor real;
    private final CollapseSession session;
    private final CollapseListener listener;

    ObservedCursor(PageCacheCursor real, CollapseSession session, CollapseListener listener) {
      super(real);
      this.real = real;
      this.session = session;
      this.listener = listener;
    }

    private void calls(Call call) {
      listener.beforeCall(call, real, session);
    }

    @Override
    public void lock() {
      calls(Call.LOCK);
      super.lock();
    }

    @Override
    public void unlock() {
      calls(Call.UNLOCK);
      super.unlock();
      listener.afterUnlock(session);
    }

    @Override
    public boolean reserveNodes() {
      calls(Call.RESERVE_NODES);
      return super.reserveNodes();
    }

    @Override
    public @Nullable PageCacheEntry load(long index) {
      calls(Call.LOAD);
      return super.load(index);
    }

    @Override
    public boolean anyEntry(long firstIndex, long lastIndexInclusive) {
      calls(Call.ANY_ENTRY);
      return super.anyEntry(firstIndex, lastIndexInclusive);
    }

    @Override
    public void store(long index, Folio folio) {
      calls(Call.STORE);
      super.store(index, folio);
    }

    @Override
    public boolean storePlaceholder(long index) {
      calls(Call.STORE_PLACEHOLDER);
      return super.storePlaceholder(index);
    }

    @Override
    public void erase(long index) {
      calls(Call.ERASE);
      super.erase(index);
    }

    @Override
    public void storeWhole(Folio folio) {
      calls(Call.STORE_WHOLE);
      super.storeWhole(folio);
    }

    @Override
    public void adjustPresentPages(long delta) {
      calls(Call.ADJUST_PRESENT_PAGES);
      super.adjustPresentPages(delta);
    }
  }
}
