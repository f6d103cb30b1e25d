/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.mm4j.testkit.verify.CollapseTrial.HUGE_PAGES;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.Placeholder;
import org.mm4j.testkit.InvariantChecker;
import org.mm4j.testkit.RankCheckingSync;
import org.mm4j.testkit.locks.LockViolation;
import org.mm4j.testkit.verify.CollapseTrial.Outcome;

/** What a strategy answers and leaves behind while nobody interferes at a bad moment. */
abstract class StrategyAnswers extends StrategyTrials {

  // ------------------------------------------------------------ success

  @Test
  final void rule_4_1_collapsesWhatNothingSpeaksAgainstAndSaysSo() {
    assertAll(
        () -> assertCollapses(newTrial().fillExcept(), "a full range"),
        () -> assertCollapses(newTrial().fillExcept(1, 6), "two holes"),
        () -> assertCollapses(newTrial().fillExcept(0, 1, 2, 3, 4, 5, 6), "one page, the last"));
  }

  private static void assertCollapses(CollapseTrial trial, String what) {
    Outcome outcome = trial.collapse();
    if (outcome.thrown() instanceof LockViolation) {
      return; // rule 4.23 is about that
    }
    assertTrue(outcome.succeeded(), what + ": " + outcome);
    assertTrue(trial.isHuge(), what + " is not huge");
  }

  @Test
  final void rule_4_1_aRefusalIsNoCommit() {
    CollapseTrial trial = newTrial().fillExcept(2);
    trial.newWatcher(0, HUGE_PAGES).register();
    Outcome outcome = trial.collapse();
    if (!(outcome.thrown() instanceof LockViolation)) {
      assertFalse(outcome.isNonsense(), outcome.toString());
    }
  }

  @Test
  final void rule_0_5_keepsEveryByteAndZeroesTheHoles() {
    CollapseTrial trial = newTrial().fillExcept(0, 3, 4, 7);
    trial.soilFreeMemory();
    abortUnlessCollapsed(trial.collapse());
    assertContents(trial, "after the collapse");
  }

  @Test
  final void rule_0_5_keepsEveryByteWhenItIsRefused() {
    skipIf(StrategyLimit.NO_FILLING);
    CollapseTrial trial = newTrial().fillExcept(2);
    trial.newWatcher(0, HUGE_PAGES).register();
    abortUnlessRefused(trial.collapse());
    assertContents(trial, "after the refusal");
  }

  @Test
  final void rule_4_3_holdsNothingAfterASuccess() {
    CollapseTrial trial = newTrial().fillExcept(2, 5);
    abortUnlessCollapsed(trial.collapse());
    InvariantChecker.assertHolds(trial.audit());
    InvariantChecker.assertBalanced(trial.auditAfterClosing());
  }

  @Test
  final void rule_4_11_theHugePageIsCompleteBeforeItIsVisible() {
    CollapseTrial trial = newTrial().fillExcept(2);
    List<String> early = new ArrayList<>();
    trial.listen(
        new CollapseListener() {
          @Override
          public void beforeCall(Call call, PageCacheCursor cursor, CollapseSession session) {
            boolean stores = call == Call.STORE || call == Call.STORE_WHOLE;
            if (stores && !session.isCommitted() && !session.target().isUpToDate()) {
              early.add(call.toString());
            }
          }
        });
    abortUnlessCollapsed(trial.collapse());
    assertEquals(List.of(), early, "stores of a huge page that is not up to date");
  }

  @Test
  final void rule_4_13_bringsInPagesThatWereNeverWritten() {
    skipIf(StrategyLimit.NO_BRINGING_IN);
    CollapseTrial trial = newTrial().fillExcept(2, 5);
    trial.file().allocate(trial.offsetOf(2), CollapseTrial.PAGE);
    trial.newWatcher(2, 1).register();
    trial.file().allocate(trial.offsetOf(5), CollapseTrial.PAGE);
    Outcome outcome = trial.collapse();
    abortIfNonsense(outcome);
    assertTrue(outcome.succeeded(), "no page is a hole: " + outcome);
    assertEquals(
        OptionalLong.of(trial.offsetOf(2)), trial.file().seekData(trial.offsetOf(2)), "is data");
  }

  @Test
  final void rule_4_18_aRangeWithoutHolesIsCollapsedWhoeverWatches() {
    CollapseTrial trial = newTrial().fillExcept();
    trial.newWatcher(0, HUGE_PAGES).register();
    Outcome outcome = trial.collapse();
    abortIfNonsense(outcome);
    assertTrue(outcome.succeeded(), outcome.toString());
  }

  @Test
  final void rule_4_21_commitsByOneStoreOfTheWholeHugePage() {
    CollapseTrial trial = newTrial().fillExcept(2);
    List<Boolean> locked = new ArrayList<>();
    trial.listen(
        new CollapseListener() {
          @Override
          public void beforeCall(Call call, PageCacheCursor cursor, CollapseSession session) {
            if (call == Call.STORE_WHOLE) {
              locked.add(cursor.isLocked());
            }
          }
        });
    abortUnlessCollapsed(trial.collapse());
    assertEquals(List.of(true), locked, "each store of the whole, with the page-cache lock or not");
    for (MemoryAudit.FolioBook folio : trial.audit().folios()) {
      if (folio.order() > 0) {
        assertEquals(
            HUGE_PAGES, folio.references() - folio.mapCount(), "references of the page cache");
      }
    }
  }

  @Test
  final void rule_4_22_nothingFailsAfterTheCommit() {
    for (Integer[] holes : new Integer[][] {{}, {2}, {0, 7}}) {
      CollapseTrial trial = newTrial().fillExcept(holes);
      Outcome outcome = trial.collapse();
      if (outcome.committed()) {
        assertEquals(null, outcome.thrown(), "thrown after the commit");
      }
    }
  }

  // ------------------------------------------------------------ refusals

  @Test
  final void rule_4_2_aRefusalBecauseOfAWatcherChangesNoBooks() {
    skipIf(StrategyLimit.NO_FILLING);
    CollapseTrial trial = newTrial().fillExcept(1, 5);
    trial.newWatcher(0, HUGE_PAGES).register();
    assertUnchangedByRefusal(trial, "watched");
  }

  @Test
  final void rule_4_2_aRefusalBecauseOfAPinnedPageChangesNoBooks() {
    CollapseTrial trial = newTrial().fillExcept(1, 5);
    pinWhenItBegins(trial, 7);
    assertUnchangedByRefusal(trial, "the last page is pinned");
  }

  @Test
  final void rule_4_2_aRefusalBecauseOfALimitChangesNoBooks() {
    skipIf(StrategyLimit.NO_FILLING);
    CollapseTrial trial =
        newTrial(builder -> builder.perFileLimitBytes(7L * CollapseTrial.PAGE)).fillExcept(1, 5);
    assertUnchangedByRefusal(trial, "the file is full");
  }

  private static void assertUnchangedByRefusal(CollapseTrial trial, String when) {
    MemoryAudit before = trial.audit();
    abortUnlessRefused(trial.collapse());
    assertTrue(
        trial.changesSince(before).isEmpty(), when + ":" + trial.changesSince(before).toString());
  }

  @Test
  final void rule_4_3_holdsNothingAfterARefusal() {
    CollapseTrial trial = newTrial().fillExcept(1, 5);
    pinWhenItBegins(trial, 7);
    abortUnlessRefused(trial.collapse());
    for (MemoryAudit.FolioBook folio : trial.audit().folios()) {
      assertFalse(folio.locked(), "locked: " + folio);
      assertTrue(folio.onLru(), "isolated: " + folio);
    }
    InvariantChecker.assertBalanced(trial.auditAfterClosing());
  }

  @Test
  final void rule_4_4_aRangeWithoutAnyEntryIsTruncated() {
    CollapseTrial trial = newTrial().fillExcept(2);
    whenItBegins(trial, () -> trial.file().truncate(0));
    assertRefused(ScanResult.TRUNCATED, trial.collapse(), "the file was truncated");
  }

  @Test
  final void rule_4_5_theHugePageItselfIsNotCollapsedAgain() {
    CollapseTrial trial = newTrial().fillExcept(2);
    boolean[] first = {true};
    trial.listen(
        new CollapseListener() {
          @Override
          public void begins(CollapseSession session) {
            if (first[0]) {
              first[0] = false;
              trial.bystanders().run(() -> adviseCollapse(trial));
            }
          }
        });
    Outcome outcome = trial.collapse();
    assertRefused(ScanResult.PTE_MAPPED_HUGEPAGE, outcome, "somebody else made it huge");
  }

  private static void adviseCollapse(CollapseTrial trial) {
    trial
        .space()
        .advise(
            new AddressRange(trial.addressOf(0), (long) HUGE_PAGES * CollapseTrial.PAGE),
            Advice.COLLAPSE);
  }

  @Test
  final void rule_4_6_aLockedPageIsPageLock() {
    CollapseTrial trial = newTrial().fillExcept(2);
    Folio[] locked = new Folio[1];
    whenItBegins(
        trial,
        () -> {
          locked[0] = trial.folio(6);
          locked[0].lock();
          RankCheckingSync.handOver(locked[0]);
        });
    Outcome outcome;
    try {
      outcome = trial.collapse();
    } finally {
      locked[0].unlock();
      locked[0].put(1);
    }
    assertRefused(ScanResult.PAGE_LOCK, outcome, "page 6 is locked");
  }

  @Test
  final void rule_4_7_anIsolatedPageIsDelPageLru() {
    CollapseTrial trial = newTrial().fillExcept(2);
    Folio[] isolated = new Folio[1];
    whenItBegins(
        trial,
        () -> {
          isolated[0] = trial.folio(6);
          assertTrue(isolated[0].isolate());
        });
    Outcome outcome = trial.collapse();
    isolated[0].putBack();
    isolated[0].put(1);
    assertRefused(ScanResult.DEL_PAGE_LRU, outcome, "page 6 is isolated");
  }

  @Test
  final void rule_4_8_aPinnedPageIsPageCount() {
    CollapseTrial trial = newTrial().fillExcept(2);
    pinWhenItBegins(trial, 6);
    assertRefused(ScanResult.PAGE_COUNT, trial.collapse(), "page 6 is pinned");
  }

  @Test
  final void rule_4_10_aFileThatMayNotGrowIsNotCollapsed() {
    skipIf(StrategyLimit.NO_FILLING);
    CollapseTrial trial =
        newTrial(builder -> builder.perFileLimitBytes(7L * CollapseTrial.PAGE)).fillExcept(1, 5);
    assertRefused(ScanResult.FAIL, trial.collapse(), "two holes, room for one");
  }

  @Test
  final void rule_4_10_noMemoryAndAFullAccountAreToldApart() {
    CollapseTrial poor = newTrial().fillExcept(2);
    poor.exhaustMemory();
    assertRefused(ScanResult.ALLOC_HUGE_PAGE_FAIL, poor.collapse(), "no memory");
    CollapseTrial full =
        newTrial(builder -> builder.accountLimitBytes(14L * CollapseTrial.PAGE)).fillExcept(2);
    assertRefused(ScanResult.CGROUP_CHARGE_FAIL, full.collapse(), "the account is full");
  }

  @Test
  final void rule_4_10_chargesTheHolesItFillsAndGivesTheOthersBack() {
    skipIf(StrategyLimit.NO_FILLING);
    CollapseTrial refused = newTrial().fillExcept(1, 5);
    pinWhenItBegins(refused, 7);
    abortUnlessRefused(refused.collapse());
    assertEquals(6, refused.chargedPages(), "after a refusal late in the scan");
    CollapseTrial watched = newTrial().fillExcept(1, 5);
    watched.newWatcher(0, HUGE_PAGES).register();
    Outcome outcome = watched.collapse();
    abortIfNonsense(outcome);
    assertEquals(
        outcome.succeeded() ? 8 : 6, watched.chargedPages(), "after the question who watches");
    CollapseTrial collapsed = newTrial().fillExcept(1, 5);
    abortUnlessCollapsed(collapsed.collapse());
    assertEquals(8, collapsed.chargedPages(), "after a success");
  }

  @Test
  final void rule_4_12_aLostPageIsCopyMc() {
    CollapseTrial trial = newTrial().fillExcept(2);
    Folio folio = trial.folio(6);
    folio.markPoisoned();
    folio.put(1);
    assertRefused(ScanResult.COPY_MC, trial.collapse(), "page 6 is poisoned");
  }

  @Test
  final void rule_4_14_everyHoleHasAPlaceholderAtTheCommit() {
    skipIf(StrategyLimit.NO_FILLING);
    CollapseTrial trial = newTrial().fillExcept(1, 6);
    List<Integer> open = new ArrayList<>();
    int[] stores = new int[1];
    trial.listen(
        new CollapseListener() {
          @Override
          public void beforeCall(Call call, PageCacheCursor cursor, CollapseSession session) {
            if (call == Call.STORE_WHOLE && stores[0]++ == 0 && cursor.isLocked()) {
              for (int hole : trial.holes()) {
                if (!(cursor.load(trial.indexOf(hole)) instanceof Placeholder)) {
                  open.add(hole);
                }
              }
            }
          }
        });
    abortUnlessCollapsed(trial.collapse());
    assertEquals(List.of(), open, "holes without a placeholder");
  }

  @Test
  final void rule_4_16_aWatcherOfAnyPageRefuses() {
    skipIf(StrategyLimit.NO_FILLING);
    for (int page = 0; page < HUGE_PAGES; page++) {
      CollapseTrial trial = newTrial().fillExcept(page == 0 ? 1 : 0, page);
      trial.newWatcher(page, 1).register();
      Outcome outcome = trial.collapse();
      String when = "a hole and its watcher at page " + page;
      assertRefused(ScanResult.EXCEED_NONE_PTE, outcome, when);
      assertEquals(Errno.EBUSY, errnoOf(outcome), when);
      assertEquals(CollapseTrial.Seen.HOLE, trial.seenAtRest(page), when);
    }
  }

  @Test
  final void rule_4_19_aWatcherRightBehindTheRangeRefuses() {
    skipIf(StrategyLimit.NO_FILLING);
    skipIf(StrategyLimit.NO_INDEX_TOO_FAR);
    CollapseTrial trial = newTrial().fillExcept(2);
    trial.newWatcher(HUGE_PAGES, 1).register();
    assertRefused(ScanResult.EXCEED_NONE_PTE, trial.collapse(), "it begins right behind the range");
  }

  // ------------------------------------------------------------ manners

  @Test
  final void rule_4_23_keepsTheLockOrder() {
    CollapseTrial succeeds = newTrial().fillExcept(1, 5);
    succeeds.collapse();
    List<LockViolation> violations = new ArrayList<>(RankCheckingSync.takeViolations());
    CollapseTrial refused = newTrial().fillExcept(1, 5);
    refused.newWatcher(0, HUGE_PAGES).register();
    refused.collapse();
    violations.addAll(RankCheckingSync.takeViolations());
    CollapseTrial pinned = newTrial().fillExcept(1, 5);
    pinWhenItBegins(pinned, 7);
    pinned.collapse();
    violations.addAll(RankCheckingSync.takeViolations());
    assertEquals(List.of(), violations.stream().map(LockViolation::getMessage).toList());
  }

  @Test
  final void rule_4_24_oneInstanceServesAllFiles() {
    CollapseStrategy strategy = createStrategy();
    CollapseTrial first = newTrial(strategy, builder -> builder).fillExcept(1, 5);
    CollapseTrial second = newTrial(strategy, builder -> builder).fillExcept(2);
    CollapseTrial alone = newTrial().fillExcept(2);
    pinWhenItBegins(first, 7);
    Outcome refused = first.collapse();
    abortUnlessRefused(refused);
    Outcome afterARefusal = second.collapse();
    abortIfNonsense(afterARefusal);
    assertEquals(alone.collapse(), afterARefusal, "after the same instance refused another file");
    CollapseTrial third = newTrial(strategy, builder -> builder).fillExcept(1, 5);
    pinWhenItBegins(third, 7);
    assertEquals(refused.answer(), third.collapse().answer(), "after it collapsed another file");
  }

  @Test
  final void rule_4_25_announcesItsStepsInOrder() {
    skipIf(StrategyLimit.NO_STEPS);
    CollapseTrial trial = newTrial().fillExcept(2);
    List<CollapseStep> steps = new ArrayList<>();
    int[] beforeTheCommit = new int[1];
    trial.listen(
        new CollapseListener() {
          @Override
          public void announced(CollapseStep step, CollapseSession session) {
            steps.add(step);
          }

          @Override
          public void committed(CollapseSession session) {
            beforeTheCommit[0] = steps.size();
          }
        });
    abortUnlessCollapsed(trial.collapse());
    if (steps.isEmpty()) {
      abort("announces nothing: it should declare StrategyLimit.NO_STEPS");
    }
    assertEquals(CollapseStep.ALLOCATE, steps.getFirst());
    assertEquals(CollapseStep.COMMIT, steps.get(beforeTheCommit[0] - 1), "before the commit");
    assertTrue(steps.contains(CollapseStep.SCAN_SLOT), steps.toString());
  }

  // ------------------------------------------------------------ others

  /** Others do something once the file was looked at and nothing is taken yet. */
  static void whenItBegins(CollapseTrial trial, Bystanders.Action action) {
    boolean[] done = new boolean[1];
    trial.listen(
        new CollapseListener() {
          @Override
          public void begins(CollapseSession session) {
            if (!done[0]) {
              done[0] = true;
              trial.bystanders().run(action);
            }
          }
        });
  }

  /** Somebody pins a page once the file was looked at, until the collapse is over. */
  static void pinWhenItBegins(CollapseTrial trial, int page) {
    whenItBegins(trial, () -> trial.pin(page));
  }

  private static @Nullable Errno errnoOf(Outcome outcome) {
    return outcome.failure() == null ? null : outcome.failure().errno();
  }

  static void assertPage(byte[] expected, CollapseTrial trial, int page, String when) {
    assertArrayEquals(expected, trial.read(page), when);
  }
}
