/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import java.lang.invoke.MethodHandles;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.CollapseStatistics;
import org.mm4j.Errno;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MemoryException;
import org.mm4j.spi.CollapsePolicy;
import org.mm4j.spi.CollapseService;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.RefField;
import org.mm4j.sync.WaitQueue;

/** khugepaged and {@code MADV_COLLAPSE} of one kernel: the settings, the daemon, the statistics. */
final class HugePageService implements CollapseService {
  private static final RefField<KhugepagedTunables> TUNABLES =
      RefField.of(
          MethodHandles.lookup(), HugePageService.class, "tunables", KhugepagedTunables.class);

  private final CollapseEngine engine;
  private final int hugePages;
  private final CollapseLedger ledger = new CollapseLedger();
  private final PolicyAdvice policy;
  private final Khugepaged khugepaged;
  private final MadviseCollapse madviseCollapse;
  private final WaitQueue wakeUps = new WaitQueue();
  private final Mutex lifeCycle = new Mutex(LockRank.DAEMON, "life cycle of khugepaged");

  @SuppressWarnings("unused") // accessed through TUNABLES
  private @Nullable KhugepagedTunables tunables;

  /** Guarded by {@link #lifeCycle}. */
  private @Nullable KhugepagedDaemon daemon;

  /** Guarded by {@link #lifeCycle}. */
  private boolean closed;

  HugePageService(
      CollapseEngine engine, CollapsePolicy policy, int hugeOrder, KhugepagedTunables tunables) {
    this.engine = engine;
    this.policy = new PolicyAdvice(policy, ledger);
    this.hugePages = 1 << hugeOrder;
    FileScan fileScan = new FileScan(engine, ledger, hugeOrder);
    HugePageEligibility eligibility = new HugePageEligibility(hugeOrder);
    this.khugepaged = new Khugepaged(fileScan, eligibility, this.policy, ledger, this::tunables);
    this.madviseCollapse =
        new MadviseCollapse(fileScan, eligibility, this.policy, ledger, this::tunables);
    tunables(tunables);
  }

  @Override
  public void enter(MemoryDescriptor mm) {
    if (khugepaged.enter(mm)) {
      wakeUps.wakeAll();
    }
  }

  @Override
  public void exit(MemoryDescriptor mm) {
    khugepaged.exit(mm);
  }

  @Override
  public void collapse(MemoryDescriptor mm, AddressRange range) {
    madviseCollapse.collapse(mm, range);
  }

  @Override
  public KhugepagedTunables tunables() {
    return Objects.requireNonNull(TUNABLES.get(this));
  }

  @Override
  public void tunables(KhugepagedTunables changed) {
    requireBelowHugePages("max_ptes_none", changed.maxPtesNone());
    requireBelowHugePages("max_ptes_swap", changed.maxPtesSwap());
    requireBelowHugePages("max_ptes_shared", changed.maxPtesShared());
    TUNABLES.set(this, changed);
    wakeUps.wakeAll();
  }

  private void requireBelowHugePages(String setting, int pages) {
    if (pages >= hugePages) {
      throw new MemoryException(
          Errno.EINVAL, setting, pages, "a huge page has only " + hugePages + " pages");
    }
  }

  @Override
  public void startDaemon() {
    lifeCycle.lock();
    try {
      if (closed) {
        throw new IllegalStateException("khugepaged is closed");
      }
      if (daemon == null) {
        daemon = new KhugepagedDaemon(khugepaged, this::tunables, wakeUps);
        daemon.startAsync().awaitRunning();
      }
    } finally {
      lifeCycle.unlock();
    }
  }

  @Override
  public void stopDaemon() {
    lifeCycle.lock();
    try {
      if (daemon != null) {
        daemon.stopAsync().awaitTerminated();
        daemon = null;
      }
    } finally {
      lifeCycle.unlock();
    }
  }

  @Override
  public int scanOnce() {
    return khugepaged.scanRound(Khugepaged.AllocationBackOff.GIVE_UP);
  }

  @Override
  public CollapseStatistics statistics() {
    return ledger.statistics(engine.strategy().name(), policy.policyName());
  }

  @Override
  public void close() {
    lifeCycle.lock();
    try {
      closed = true;
    } finally {
      lifeCycle.unlock();
    }
    stopDaemon();
  }
}
