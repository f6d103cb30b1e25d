/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.mm4j.testkit.verify.CollapseTrial.HUGE_PAGES;
import static org.mm4j.testkit.verify.CollapseTrial.othersContent;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.mm4j.FillOutcome;
import org.mm4j.GuestCpu;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.testkit.verify.CollapseTrial.Outcome;
import org.mm4j.testkit.verify.CollapseTrial.Seen;
import org.mm4j.testkit.verify.CollapseTrial.Watcher;

/**
 * What a strategy owes to others who act while it runs: each does one thing, as a whole, right
 * before one call of the strategy; every call gets its turn. Complete for one interruption at a
 * call; what needs more is for the explorer.
 */
abstract class StrategyRaces extends StrategyAnswers {
  private static final long PATIENCE_MILLIS = 50;

  /** One run: others act at a point, and what came of it is judged. */
  private interface Race {
    CallPoint run(CollapseTrial trial, int number);
  }

  /** Runs a race for each call that a strategy makes. */
  private void atEveryCall(Race race) {
    for (int number = 0; ; number++) {
      try (CollapseTrial trial = newTrial()) {
        if (!race.run(trial, number).wasReached()) {
          if (number == 0) {
            abort("the strategy made no such call");
          }
          return;
        }
      }
    }
  }

  // ------------------------------------------------------------ the invariant

  @Test
  final void rule_0_1_whoeverSawAHoleAfterItsRegistrationKeepsIt() {
    skipIf(StrategyLimit.NO_FILLING);
    atEveryCall((trial, number) -> registerAndLook(trial, number, 0, HUGE_PAGES, true));
  }

  @Test
  final void rule_0_1_alsoIfItWatchesTheLaterPagesOnly() {
    skipIf(StrategyLimit.NO_FILLING);
    atEveryCall((trial, number) -> registerAndLook(trial, number, 5, 3, true));
  }

  @Test
  final void rule_0_1_alsoIfItLooksUnderThePageCacheLock() {
    skipIf(StrategyLimit.NO_FILLING);
    atEveryCall((trial, number) -> registerAndLook(trial, number, 5, 3, false));
  }

  private static CallPoint registerAndLook(
      CollapseTrial trial, int number, int firstPage, int pageCount, boolean lockFree) {
    trial.fillExcept(1, 6);
    Watcher watcher = trial.newWatcher(firstPage, pageCount);
    Set<Integer> seenAsHoles = new TreeSet<>();
    CallPoint point =
        new CallPoint(number) {
          @Override
          boolean counts(Call call, PageCacheCursor cursor, CollapseSession session) {
            return lockFree || !cursor.isLocked();
          }

          @Override
          void act(PageCacheCursor cursor, CollapseSession session) {
            trial.bystanders().run(watcher::register);
            for (int page : trial.holes()) {
              boolean watched = page >= firstPage && page < firstPage + pageCount;
              if (watched && trial.seen(page, cursor) == Seen.HOLE) {
                seenAsHoles.add(page);
              }
            }
          }
        };
    trial.listen(point);
    trial.collapse();
    for (int page : seenAsHoles) {
      assertEquals(
          Seen.HOLE,
          trial.seenAtRest(page),
          "page %d was seen as a hole after the registration, then filled without a message; registered and seen %s"
              .formatted(page, point));
    }
    return point;
  }

  @Test
  final void rule_0_2_whoeverIsToldThatAPageIsThereFindsIt() {
    atEveryCall(
        (trial, number) -> {
          trial.fillExcept(1);
          Watcher watcher = trial.newWatcher(0, HUGE_PAGES);
          FillOutcome[] told = new FillOutcome[1];
          CallPoint point =
              new CallPoint(number) {
                @Override
                public void begins(CollapseSession session) {
                  trial.bystanders().run(() -> trial.pin(7));
                  trial.bystanders().run(watcher::register);
                }

                @Override
                boolean counts(Call call, PageCacheCursor cursor, CollapseSession session) {
                  return !cursor.isLocked();
                }

                @Override
                void act(PageCacheCursor cursor, CollapseSession session) {
                  trial
                      .bystanders()
                      .start(() -> told[0] = copyInto(watcher, trial, 1), PATIENCE_MILLIS);
                }
              };
          trial.listen(point);
          trial.collapse();
          if (told[0] instanceof FillOutcome.AlreadyPresent) {
            assertEquals(
                Seen.PRESENT,
                trial.seenAtRest(1),
                "UFFDIO_COPY answered EEXIST for a page that is missing now; it came " + point);
          }
          return point;
        });
  }

  private static FillOutcome copyInto(Watcher watcher, CollapseTrial trial, int page) {
    return watcher
        .userfaultfd()
        .copy(trial.addressOf(page), MemorySegment.ofArray(othersContent(page)), Set.of());
  }

  @Test
  final void rule_0_3_noPresentPageIsEverSeenAsMissing() {
    assertAll(
        () -> {
          CollapseTrial trial = newTrial().fillExcept(2, 5);
          assertAlwaysPresent(trial, () -> {});
        },
        () -> {
          CollapseTrial trial = newTrial().fillExcept(2, 5);
          assertAlwaysPresent(trial, () -> trial.pin(7));
        });
  }

  private static void assertAlwaysPresent(CollapseTrial trial, Bystanders.Action atTheBeginning) {
    Set<String> missed = new TreeSet<>();
    trial.listen(
        new CollapseListener() {
          @Override
          public void begins(CollapseSession session) {
            trial.bystanders().run(atTheBeginning);
          }

          @Override
          public void beforeCall(Call call, PageCacheCursor cursor, CollapseSession session) {
            for (int page = 0; page < HUGE_PAGES; page++) {
              Seen seen = trial.seen(page, cursor);
              if (!trial.holes().contains(page) && seen != Seen.PRESENT) {
                missed.add("page " + page + " is seen as " + seen);
              }
            }
          }
        });
    trial.collapse();
    assertEquals(Set.of(), missed);
  }

  // ------------------------------------------------------------ others fill a hole

  @Test
  final void rule_0_4_whatOthersWriteIntoAHoleIsKept() {
    skipIf(StrategyLimit.NO_FILLING);
    atEveryCall(
        (trial, number) -> {
          CallPoint point = writeIntoAHole(trial, number, () -> {});
          Outcome outcome = trial.collapse();
          if (point.wasReached()) {
            assertPage(othersContent(6), trial, 6, "written " + point + "; " + outcome);
          }
          return point;
        });
  }

  @Test
  final void rule_4_15_aHoleThatWasFilledMeanwhileIsPageFilled() {
    skipIf(StrategyLimit.NO_FILLING);
    atEveryCall(
        (trial, number) -> {
          CallPoint point = writeIntoAHole(trial, number, () -> {});
          Outcome outcome = trial.collapse();
          abortIfNonsense(outcome);
          assertTrue(
              outcome.succeeded() || outcome.answer() == ScanResult.PAGE_FILLED,
              () -> "written " + point + ": " + outcome);
          if (outcome.succeeded()) {
            assertEquals(
                HUGE_PAGES, trial.chargedPages(), "charged for as many holes as it filled");
          }
          return point;
        });
  }

  @Test
  final void rule_4_20_rollingBackLeavesWhatOthersStored() {
    skipIf(StrategyLimit.NO_FILLING);
    atEveryCall(
        (trial, number) -> {
          CallPoint point = writeIntoAHole(trial, number, () -> trial.pin(7));
          Outcome outcome = trial.collapse();
          if (point.wasReached() && !outcome.committed()) {
            assertPage(othersContent(6), trial, 6, "written " + point + "; " + outcome);
          }
          return point;
        });
  }

  private static CallPoint writeIntoAHole(
      CollapseTrial trial, int number, Bystanders.Action atTheBeginning) {
    trial.fillExcept(1, 6);
    CallPoint point =
        new CallPoint(number) {
          @Override
          public void begins(CollapseSession session) {
            trial.bystanders().run(atTheBeginning);
          }

          @Override
          boolean counts(Call call, PageCacheCursor cursor, CollapseSession session) {
            return !cursor.isLocked() && !session.isCommitted();
          }

          @Override
          void act(PageCacheCursor cursor, CollapseSession session) {
            trial.bystanders().start(() -> trial.write(6, othersContent(6)), PATIENCE_MILLIS);
          }
        };
    trial.listen(point);
    return point;
  }

  // ------------------------------------------------------------ others store to a page

  @Test
  final void rule_4_9_aStoreOfAProcessorIsNeverLost() {
    atEveryCall(
        (trial, number) -> {
          trial.fillExcept(1);
          long value = 0x1234_0000L + number;
          GuestThread guest = new GuestThread(trial);
          CallPoint point = guest.storeAt(number, value);
          trial.listen(point);
          trial.collapse();
          if (point.wasReached()) {
            assertEquals(value, guest.loaded(), "stored " + point);
          }
          guest.close();
          return point;
        });
  }

  /** A processor on a thread of its own that has a writable translation of page 2 already. */
  private static final class GuestThread implements AutoCloseable {
    private static final Set<CollapseListener.Call> MOMENTS =
        EnumSet.of(
            CollapseListener.Call.LOCK,
            CollapseListener.Call.CHARGE_HOLES,
            CollapseListener.Call.STORE_PLACEHOLDER,
            CollapseListener.Call.STORE_WHOLE,
            CollapseListener.Call.TLB);

    private final CollapseTrial trial;
    private final Worker worker = new Worker("guest");
    private final GuestCpu cpu;
    private final long address;

    GuestThread(CollapseTrial trial) {
      this.trial = trial;
      this.address = trial.addressOf(2) + 8;
      this.cpu = worker.call(() -> trial.space().newCpu());
      worker.call(
          () -> {
            cpu.storeLong(address, 1);
            return address;
          });
    }

    CallPoint storeAt(int number, long value) {
      return new CallPoint(number) {
        @Override
        boolean counts(Call call, PageCacheCursor cursor, CollapseSession session) {
          return MOMENTS.contains(call);
        }

        @Override
        void act(PageCacheCursor cursor, CollapseSession session) {
          trial
              .bystanders()
              .start(
                  () ->
                      worker.call(
                          () -> {
                            cpu.storeLong(address, value);
                            return value;
                          }),
                  PATIENCE_MILLIS);
        }
      };
    }

    long loaded() {
      return worker.call(() -> cpu.loadLong(address));
    }

    @Override
    public void close() {
      worker.call(
          () -> {
            cpu.close();
            return address;
          });
      worker.close();
    }
  }

  // ------------------------------------------------------------ faults

  @Test
  final void rule_5_3_aFaultAtWhateverCallChangesNothing() {
    eachFault(
        false,
        trial -> {
          MemoryAudit before = trial.audit();
          trial.collapse();
          return trial.changesSince(before).toString();
        });
  }

  @Test
  final void rule_5_2_aFaultBehindTheCommitLosesNoLockAndNeverLies() {
    eachFault(
        true,
        trial -> {
          trial.collapse();
          assertContentsOrUnreadable(trial);
          for (MemoryAudit.FolioBook folio : trial.audit().folios()) {
            assertFalse(folio.locked(), "locked: " + folio);
          }
          return "";
        });
  }

  private static void assertContentsOrUnreadable(CollapseTrial trial) {
    for (int page = 0; page < HUGE_PAGES; page++) {
      if (trial.seenAtRest(page) != Seen.NOT_UP_TO_DATE) {
        byte[] expected =
            trial.holes().contains(page)
                ? new byte[CollapseTrial.PAGE]
                : CollapseTrial.content(page);
        assertPage(expected, trial, page, "page " + page);
      }
    }
  }

  /** Throws at each call, and at each step, that a strategy makes before or after its commit. */
  private void eachFault(boolean afterTheCommit, Function<CollapseTrial, String> problem) {
    boolean reached = true;
    for (int number = 0; reached; number++) {
      try (CollapseTrial trial = newTrial().fillExcept(0, 3)) {
        FaultPoint fault = new FaultPoint(number, afterTheCommit);
        trial.listen(fault);
        String found = problem.apply(trial);
        reached = fault.wasReached();
        if (reached) {
          assertEquals("", found, "what changed after a fault " + fault);
        }
      }
    }
  }
}
