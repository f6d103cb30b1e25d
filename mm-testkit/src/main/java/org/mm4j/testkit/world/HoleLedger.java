/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.testkit.explore.RuleBroken;

/**
 * The monitor of the top rule (0.1), and of 0.3: which pages were reported as holes to whom, and
 * who fills them.
 *
 * <p>It follows the slots of the page cache from step to step. A call that began under a
 * registration and reports a hole is entered in the ledger; a collapse that fills an entry of the
 * ledger breaks 0.1. A report may come late: the call saw the hole at some time since it began, so
 * if a collapse has filled the hole since, and nobody emptied it again, that breaks 0.1 as well.
 * Whoever reports a hole at an index that was never empty since it began breaks 0.3.
 */
final class HoleLedger {
  private final PageCache cache;
  private final int filePages;
  private final Watched watched;
  private final PagePattern pattern;
  private final @Nullable PageCacheEntry[] slots;
  private final BitSet empty = new BitSet();
  private final BitSet reported = new BitSet();

  /** Pages that were holes until a collapse filled them. */
  private final BitSet filled = new BitSet();

  private final List<Folio> targets = new ArrayList<>();
  private final List<Call> running = new ArrayList<>();

  /** The number of the registration that lasts, or 0. */
  private int registration;

  private int registrations;

  HoleLedger(WorldPlan plan, PageCache cache) {
    this.cache = cache;
    this.filePages = plan.size().pages();
    this.watched = plan.watched();
    this.pattern = plan.pattern();
    this.slots = new PageCacheEntry[filePages];
    for (int page = 0; page < filePages; page++) {
      slots[page] = cache.glance(page);
      empty.set(page, slots[page] == null);
    }
    if (plan.armed()) {
      registration = ++registrations;
    }
  }

  /** Says that a huge page was made by a collapse. */
  void isTarget(Folio folio) {
    targets.add(folio);
  }

  /** Looks what has changed since the last time. */
  @SuppressWarnings("ReferenceEquality") // the very same entry
  void look() {
    for (int page = 0; page < filePages; page++) {
      PageCacheEntry now = cache.glance(page);
      PageCacheEntry before = slots[page];
      if (now != before) {
        slots[page] = now;
        changed(page, before, now);
      }
    }
  }

  private void changed(int page, @Nullable PageCacheEntry before, @Nullable PageCacheEntry now) {
    empty.set(page, now == null);
    if (now == null) {
      filled.clear(page);
      for (Call call : running) {
        call.seenEmpty.set(page);
        call.emptyAndNotFilled.set(page);
      }
    } else if (now instanceof Folio folio
        && !(before instanceof Folio)
        && targets.contains(folio)) {
      filledByCollapse(page);
    }
  }

  private void filledByCollapse(int page) {
    if (reported.get(page)) {
      throw new RuleBroken(
          "0.1",
          "page "
              + page
              + " was reported as a hole under a registration, and a collapse fills it while the"
              + " registration lasts");
    }
    filled.set(page);
    for (Call call : running) {
      call.emptyAndNotFilled.clear(page);
    }
  }

  /** A call begins. */
  void begun(Call call) {
    if (call.kind() == Call.Kind.UNREGISTER || call.kind() == Call.Kind.UNMAP) {
      registration = 0; // it ends at some time from now on
      reported.clear();
    }
    call.registration = registration;
    call.seenEmpty.or(empty);
    call.emptyAndNotFilled.or(empty);
    running.add(call);
  }

  /** A call has ended. */
  void ended(Call call) {
    running.remove(call);
    if (call.kind() == Call.Kind.REGISTER && "ok".equals(call.result()) && registration == 0) {
      registration = ++registrations;
    } else if (Call.HOLE.equals(call.result())) {
      holeReported(call);
    }
  }

  /** The run is over; whoever waits in a fault now was reported a hole. */
  void over() {
    for (Call call : running) {
      holeReported(call);
    }
  }

  private void holeReported(Call call) {
    int page = call.page();
    if (pattern.isAllocated(page)) {
      return; // reported as a hole, and none: it may become data
    }
    boolean watchedThroughout =
        call.registration != 0 && call.registration == registration && covers(page);
    if (!call.seenEmpty.get(page) && !(watchedThroughout && filled.get(page))) {
      throw new RuleBroken(
          "0.3", "page " + page + " was there all the time, and was reported as missing: " + call);
    }
    if (!watchedThroughout) {
      return;
    }
    if (!call.emptyAndNotFilled.get(page)) {
      throw new RuleBroken(
          "0.1",
          "page "
              + page
              + " was reported as a hole under a registration, but a collapse has filled it: "
              + call);
    }
    reported.set(page);
  }

  private boolean covers(int page) {
    int first = watched.firstPage(filePages);
    return page >= first && page < first + watched.pageCount(filePages);
  }

  /** Returns whether a page was reported as a hole under the registration that lasts. */
  boolean isReported(int page) {
    return reported.get(page);
  }

  /** Returns whether a registration lasts, as far as its owner knows. */
  boolean isArmed() {
    return registration != 0;
  }

  /** Returns the entry at an index as it was at the last look. */
  @Nullable PageCacheEntry slot(int page) {
    return slots[page];
  }

  /** Returns whether a folio is a huge page made by a collapse. */
  boolean isATarget(Folio folio) {
    return targets.contains(folio);
  }
}
