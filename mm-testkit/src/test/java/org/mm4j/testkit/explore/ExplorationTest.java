/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.testkit.explore.MemoryModel.SC;
import static org.mm4j.testkit.explore.MemoryModel.TSO;
import static org.mm4j.testkit.explore.Shared.X;
import static org.mm4j.testkit.explore.Shared.Y;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mm4j.sync.Fences;
import org.mm4j.sync.Sync;
import org.mm4j.sync.Waiter;
import org.mm4j.testkit.RankCheckingSync;

final class ExplorationTest {
  private static final Shared.Action NOTHING = shared -> {};

  private static final Shared.Action STORE_X_LOAD_Y =
      shared -> {
        X.setRelease(shared, 1);
        shared.seen[0] = Y.getAcquire(shared);
      };

  private static final Shared.Action STORE_Y_LOAD_X =
      shared -> {
        Y.setRelease(shared, 1);
        shared.seen[1] = X.getAcquire(shared);
      };

  private static final Shared.Action FENCED =
      shared -> {
        X.setRelease(shared, 1);
        Shared.publish();
        shared.seen[0] = Y.getAcquire(shared);
      };

  private static final Shared.Action FENCED_TOO =
      shared -> {
        Y.setRelease(shared, 1);
        Fences.full();
        shared.seen[1] = X.getAcquire(shared);
      };

  private static final Shared.Action INCREMENT =
      shared -> X.setRelease(shared, X.getAcquire(shared) + 1);

  private static final Shared.Action BOTH_COUNTED =
      shared -> {
        if (Shared.x(shared) != 2) {
          throw new RuleBroken("9.1", "an increment was lost");
        }
      };

  private static final Shared.Action WAIT_FOR_X =
      shared -> {
        while (true) {
          Waiter waiter = shared.queue.enlist();
          try {
            if (X.getAcquire(shared) == 1) {
              return;
            }
            waiter.await();
          } finally {
            shared.queue.withdraw(waiter);
          }
        }
      };

  private static final Shared.Action SET_X_AND_WAKE =
      shared -> {
        X.setRelease(shared, 1);
        shared.queue.wakeAll();
      };

  @AfterEach
  void nothingIsHeld() {
    RankCheckingSync.assertNothingHeld();
  }

  private static Verdict explore(Program program, MemoryModel model) {
    return Exploration.of("tiny", program).memoryModel(model).explore();
  }

  private static Set<String> outcomes(MemoryModel model, Shared.Action... tasks) {
    Set<String> outcomes = new TreeSet<>();
    explore(Shared.program(outcomes, tasks), model).assertComplete();
    return outcomes;
  }

  private static Verdict.Broken broken(Shared.Action... tasks) {
    return explore(Shared.program(NOTHING, tasks), SC).assertBroken();
  }

  // ------------------------------------------------------------ memory models

  @Test
  void storeBufferingHappensUnderTsoOnly() {
    assertEquals(Set.of("0 1", "1 0", "1 1"), outcomes(SC, STORE_X_LOAD_Y, STORE_Y_LOAD_X));
    assertEquals(Set.of("0 0", "0 1", "1 0", "1 1"), outcomes(TSO, STORE_X_LOAD_Y, STORE_Y_LOAD_X));
  }

  @ParameterizedTest
  @EnumSource(MemoryModel.class)
  void fencesForbidStoreBuffering(MemoryModel model) {
    assertEquals(Set.of("0 1", "1 0", "1 1"), outcomes(model, FENCED, FENCED_TOO));
  }

  @Test
  void oneFenceIsNotEnough() {
    assertTrue(outcomes(TSO, FENCED, STORE_Y_LOAD_X).contains("0 0"));
  }

  @ParameterizedTest
  @EnumSource(MemoryModel.class)
  void messagesArriveInOrder(MemoryModel model) {
    Set<String> outcomes =
        outcomes(
            model,
            shared -> {
              X.setRelease(shared, 1);
              Y.setRelease(shared, 1);
            },
            shared -> {
              shared.seen[0] = Y.getAcquire(shared);
              shared.seen[1] = X.getAcquire(shared);
            });
    assertEquals(Set.of("0 0", "0 1", "1 1"), outcomes);
  }

  @Test
  void aTaskSeesItsOwnStores() {
    assertEquals(
        Set.of("7 0"),
        outcomes(
            TSO,
            shared -> {
              X.setOpaque(shared, 7);
              shared.seen[0] = X.getOpaque(shared);
            },
            shared -> Y.getAcquire(shared)));
  }

  @Test
  void theReleaseOfASpinLockDoesNotEmptyTheBuffer() {
    Shared.Action spinLocked =
        shared -> {
          Shared.LOCK.lock(shared);
          X.setRelease(shared, 1);
          Shared.LOCK.unlock(shared);
          shared.seen[0] = Y.getAcquire(shared);
        };
    Shared.Action mapLocked =
        shared -> {
          shared.mmap.lock();
          X.setRelease(shared, 1);
          shared.mmap.unlock();
          shared.seen[0] = Y.getAcquire(shared);
        };
    assertTrue(outcomes(TSO, spinLocked, FENCED_TOO).contains("0 0"));
    assertFalse(outcomes(TSO, mapLocked, FENCED_TOO).contains("0 0"));
  }

  // ------------------------------------------------------------ weakened sites

  @Test
  void takesAFenceAwayFromANamedMethod() {
    Set<String> outcomes = new TreeSet<>();
    Exploration.of("weakened", Shared.program(outcomes, FENCED, FENCED_TOO))
        .memoryModel(TSO)
        .weakened(Site.of(Shared.class, "publish"))
        .explore()
        .assertComplete();
    assertTrue(outcomes.contains("0 0"));
  }

  @Test
  void weakensAVolatileStoreInANamedMethod() {
    Shared.Action volatileStore =
        shared -> {
          Shared.storeVolatile(shared);
          shared.seen[0] = Y.getAcquire(shared);
        };
    Set<String> outcomes = new TreeSet<>();
    Program program = Shared.program(outcomes, volatileStore, FENCED_TOO);
    explore(program, TSO).assertComplete();
    assertFalse(outcomes.contains("0 0"));
    Exploration.of("weakened", program)
        .memoryModel(TSO)
        .weakened(Site.of(Shared.class, "storeVolatile"))
        .explore()
        .assertComplete();
    assertTrue(outcomes.contains("0 0"));
  }

  // ------------------------------------------------------------ locks and waits

  @ParameterizedTest
  @EnumSource(MemoryModel.class)
  void locksExclude(MemoryModel model) {
    Shared.Action guarded =
        shared -> {
          Shared.LOCK.lock(shared);
          shared.guarded++;
          Shared.LOCK.unlock(shared);
          shared.mutex.lock();
          INCREMENT.run(shared);
          shared.mutex.unlock();
        };
    Verdict verdict =
        explore(
            Shared.program(
                shared -> {
                  assertEquals(2, shared.guarded);
                  BOTH_COUNTED.run(shared);
                },
                guarded,
                guarded),
            model);
    verdict.assertComplete();
  }

  @Test
  void readersShareAndWritersDoNot() {
    Shared.Action reader =
        shared -> {
          shared.mmap.lockShared();
          shared.seen[0] = shared.guarded;
          shared.mmap.unlockShared();
        };
    Shared.Action writer =
        shared -> {
          shared.mmap.lock();
          shared.guarded = 1;
          X.setRelease(shared, 1);
          shared.guarded = 2;
          shared.mmap.unlock();
        };
    assertEquals(Set.of("0 0", "2 0"), outcomes(SC, reader, writer));
  }

  @Test
  void aTryFailsWhileTheLockIsHeld() {
    Shared.Action holder =
        shared -> {
          shared.mutex.lock();
          shared.mutex.unlock();
        };
    Shared.Action trier =
        shared -> {
          if (shared.mutex.tryLock()) {
            shared.seen[0] = 1;
            shared.mutex.unlock();
          }
        };
    assertEquals(Set.of("0 0", "1 0"), outcomes(SC, trier, holder));
  }

  @Test
  void findsADeadlock() {
    Shared other = new Shared();
    Program program =
        () -> {
          Shared second = new Shared();
          return new Shared.TinyRun(
              new Shared(),
              NOTHING,
              java.util.List.of(
                  shared -> lockBoth(shared, second), shared -> lockBoth(second, shared)),
              false);
        };
    assertEquals(0, other.guarded);
    Verdict.Broken broken = explore(program, SC).assertBroken();
    assertEquals(Violation.DEADLOCK, broken.rule());
    assertTrue(broken.toString().contains("is about to lock"), broken.toString());
  }

  private static void lockBoth(Shared first, Shared second) {
    Shared.LOCK.lock(first);
    Shared.LOCK.lock(second);
    Shared.LOCK.unlock(second);
    Shared.LOCK.unlock(first);
  }

  @ParameterizedTest
  @EnumSource(MemoryModel.class)
  void noWakeUpIsLostIfTheConditionIsCheckedAfterEnlisting(MemoryModel model) {
    explore(Shared.program(NOTHING, WAIT_FOR_X, SET_X_AND_WAKE), model).assertComplete();
  }

  @Test
  void findsALostWakeUp() {
    Shared.Action careless =
        shared -> {
          if (X.getAcquire(shared) != 1) {
            Waiter waiter = shared.queue.enlist();
            waiter.await();
          }
        };
    assertEquals(Violation.DEADLOCK, broken(careless, SET_X_AND_WAKE).rule());
  }

  @Test
  void aTaskMayWaitForEverIfTheWorldSaysSo() {
    Set<String> outcomes = new TreeSet<>();
    Program program =
        Shared.patient(
            outcomes,
            shared -> {
              shared.queue.enlist().await();
              shared.seen[0] = 1;
            },
            SET_X_AND_WAKE);
    explore(program, SC).assertComplete();
    assertEquals(Set.of("0 0", "1 0"), outcomes);
  }

  @ParameterizedTest
  @EnumSource(MemoryModel.class)
  void aRetryWaitsForAStoreOfSomebodyElse(MemoryModel model) {
    Shared.Action spin =
        shared -> {
          for (long attempt = Sync.attempt(); X.getAcquire(shared) != 2; Sync.retry(attempt)) {
            shared.seen[0]++;
          }
        };
    Set<String> outcomes =
        outcomes(
            model,
            spin,
            shared -> {
              X.setRelease(shared, 1);
              Y.setRelease(shared, 1);
              X.setRelease(shared, 2);
            });
    assertEquals(Set.of("0 0", "1 0", "2 0"), outcomes);
  }

  @Test
  void aRetryThatNothingCanHelpIsADeadlock() {
    Shared.Action spin =
        shared -> {
          for (long attempt = Sync.attempt(); X.getAcquire(shared) == 0; Sync.retry(attempt)) {
            shared.seen[0]++;
          }
        };
    assertEquals(Violation.DEADLOCK, broken(spin, NOTHING).rule());
  }

  // ------------------------------------------------------------ other violations

  @Test
  void findsAnExceptionThatEscapes() {
    Verdict.Broken broken =
        broken(
            shared -> X.setRelease(shared, 1),
            shared -> {
              if (X.getAcquire(shared) == 1) {
                throw new IllegalStateException("seen");
              }
            });
    assertEquals(Violation.EXCEPTION, broken.rule());
    assertInstanceOf(IllegalStateException.class, broken.violation().cause());
  }

  @Test
  void findsALockThatIsNeverReleased() {
    assertEquals(Violation.HELD_LOCK, broken(shared -> shared.mutex.lock(), NOTHING).rule());
    RankCheckingSync.takeViolations();
  }

  @Test
  void findsAViolationOfTheLockOrderThoughTheTaskCatchesIt() {
    Verdict.Broken broken =
        broken(
            shared -> {
              shared.mmap.lockShared();
              try {
                shared.mutex.lock();
              } catch (AssertionError e) {
                shared.seen[0] = 1;
              }
              shared.mmap.unlockShared();
            },
            NOTHING);
    assertEquals(Violation.LOCK_ORDER, broken.rule());
  }

  @Test
  void aRunThatDoesNotEndIsALivelock() {
    Shared.Action restless =
        shared -> {
          while (Y.getAcquire(shared) == 0) {
            X.getAndAdd(shared, 1);
          }
        };
    Verdict.Broken broken =
        Exploration.of("restless", Shared.program(NOTHING, restless, restless))
            .budget(Budget.USUAL.withStepsPerRun(100))
            .explore()
            .assertBroken();
    assertEquals(Violation.LIVELOCK, broken.rule());
  }

  @Test
  void refusesAProgramThatIsNotDeterministic() {
    AtomicInteger runs = new AtomicInteger();
    Program program =
        Shared.program(
            NOTHING,
            shared -> {
              X.setRelease(shared, 1);
              if (runs.incrementAndGet() % 3 == 0) {
                Y.setRelease(shared, 1);
              }
              X.setRelease(shared, 2);
            },
            shared -> {
              X.getAcquire(shared);
              Y.getAcquire(shared);
              X.getAcquire(shared);
            });
    ExplorationFailed failed = assertThrows(ExplorationFailed.class, () -> explore(program, SC));
    assertTrue(failed.getMessage().contains("not deterministic"), failed.getMessage());
  }

  @Test
  void refusesAThreadThatIsNoTask() {
    Program program =
        Shared.program(
            NOTHING,
            shared -> {
              Thread stranger = Thread.ofPlatform().unstarted(() -> X.getAcquire(shared));
              stranger.setUncaughtExceptionHandler((thread, thrown) -> {});
              stranger.start();
              stranger.join();
            });
    ExplorationFailed failed = assertThrows(ExplorationFailed.class, () -> explore(program, SC));
    assertTrue(failed.getMessage().contains("touched the world"), failed.getMessage());
  }

  // ------------------------------------------------------------ searches and reports

  @Test
  void everySearchFindsALostUpdateAndItsScheduleReplays() {
    Program program = Shared.program(BOTH_COUNTED, INCREMENT, INCREMENT);
    for (MemoryModel model : MemoryModel.values()) {
      for (Search search :
          new Search[] {
            Search.exhaustive(),
            Search.naive(),
            Search.fewestPreemptions(2),
            Search.random(1),
            Search.pct(1, 2)
          }) {
        Exploration exploration = Exploration.of("lost update", program).memoryModel(model);
        Verdict.Broken broken = exploration.search(search).explore().assertBroken();
        assertEquals("9.1", broken.rule());
        Verdict.Broken again =
            exploration.search(Search.replay(broken.schedule())).explore().assertBroken();
        assertEquals(broken.schedule(), again.schedule());
        assertEquals(broken.violation().timeline(), again.violation().timeline());
      }
    }
  }

  @Test
  void reportsTheFewestPreemptions() {
    Verdict.Broken broken =
        Exploration.of("lost update", Shared.program(BOTH_COUNTED, INCREMENT, INCREMENT))
            .search(Search.random(7))
            .explore()
            .assertBroken();
    assertEquals(1, broken.violation().preemptions(), broken.toString());
    assertEquals("0x1 1x2 0x1", broken.schedule());
  }

  @Test
  void aBudgetThatIsExhaustedIsNotPassed() {
    Verdict verdict =
        Exploration.of("small budget", Shared.program(NOTHING, INCREMENT, INCREMENT))
            .search(Search.naive())
            .budget(Budget.ofRuns(2))
            .explore();
    assertInstanceOf(Verdict.BudgetExhausted.class, verdict);
    assertTrue(verdict.toString().contains("nothing proved"), verdict.toString());
    assertThrows(AssertionError.class, verdict::assertComplete);
    verdict.assertNothingFound();
  }

  @Test
  void aReplayOfOneScheduleProvesNothing() {
    Verdict verdict =
        Exploration.of("one schedule", Shared.program(NOTHING, INCREMENT, INCREMENT))
            .search(Search.replay("0x2 1x2"))
            .explore();
    assertInstanceOf(Verdict.BudgetExhausted.class, verdict);
  }

  @Test
  void refusesAScheduleThatDoesNotFit() {
    Exploration exploration =
        Exploration.of("misfit", Shared.program(NOTHING, INCREMENT, INCREMENT));
    assertThrows(
        ExplorationFailed.class, () -> exploration.search(Search.replay("0x3 1x1")).explore());
    assertThrows(ExplorationFailed.class, () -> exploration.search(Search.replay("2x1")).explore());
  }

  @Test
  void writesAPageThatShowsTheWorldAfterEachStep(@TempDir Path directory) throws Exception {
    Verdict.Broken broken =
        explore(Shared.program(BOTH_COUNTED, INCREMENT, INCREMENT), SC).assertBroken();
    String file = HtmlTimeline.write(directory, broken.violation(), broken.effort());
    String page = Files.readString(Path.of(file));
    assertTrue(page.contains("guarded &lt;0&gt;"), page);
    assertTrue(page.contains("0x1 1x2 0x1"), page);
    assertTrue(page.contains("class=\"cell changed\">x 1<"), page);
    assertFalse(page.contains("@TABLE@"), page);
  }

  @Test
  void theReductionMakesFewerRuns() {
    Shared.Action own =
        shared -> {
          Shared mine = new Shared();
          X.setRelease(mine, 1);
          X.getAndAdd(mine, 2);
          X.getAndAdd(shared, X.getAcquire(mine));
        };
    Program program = Shared.program(shared -> assertEquals(6, Shared.x(shared)), own, own);
    Verdict naive = Exploration.of("own", program).search(Search.naive()).explore();
    Verdict reduced = explore(program, SC);
    assertEquals(70, naive.assertComplete().effort().runs());
    assertTrue(reduced.assertComplete().effort().runs() <= 4, reduced.toString());
  }
}
