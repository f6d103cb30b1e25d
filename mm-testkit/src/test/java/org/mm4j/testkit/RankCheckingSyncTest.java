/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.lang.invoke.MethodHandles;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.mm4j.spi.Folio;
import org.mm4j.spi.Mapping;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.SharedLock;
import org.mm4j.sync.Sync;
import org.mm4j.sync.Waiter;
import org.mm4j.sync.WordField;
import org.mm4j.testkit.locks.HeldLocks;
import org.mm4j.testkit.locks.LockViolation;

final class RankCheckingSyncTest {
  private final Mutex inode = new Mutex(LockRank.INODE, "of file a");
  private final SharedLock mmap = new SharedLock(LockRank.MMAP, "of space 1");
  private final SharedLock otherMmap = new SharedLock(LockRank.MMAP, "of space 2");
  private final Mutex leaf = new Mutex(LockRank.LEAF, "leaf");

  /** An object with a bit lock, as a folio has one. */
  private static final class Page {
    static final BitLock LOCK =
        new BitLock(WordField.of(MethodHandles.lookup(), Page.class, "word"), 1, 2, LockRank.FOLIO);

    @SuppressWarnings("unused") // accessed through LOCK
    private long word;

    @Override
    public String toString() {
      return "page";
    }
  }

  @BeforeEach
  void forgetEarlierTests() {
    RankCheckingSync.takeViolations();
  }

  @AfterEach
  void nothingIsHeld() {
    RankCheckingSync.assertNothingHeld();
  }

  @Test
  void permitsLocksInTheOrderOfTheirRanks() {
    Page first = new Page();
    Page second = new Page();
    inode.lock();
    mmap.lockShared();
    Page.LOCK.lock(first);
    Page.LOCK.lock(second);
    leaf.lock();
    assertEquals(5, RankCheckingSync.held().size());
    mmap.unlockShared();
    leaf.unlock();
    Page.LOCK.unlock(first);
    Page.LOCK.unlock(second);
    inode.unlock();
  }

  @Test
  void namesBothLocksThatAreInTheWrongOrder() {
    mmap.lockShared();
    assertViolation(
        inode::lock, "INODE of file a", "MMAP of space 1 (shared)", "INODE before MMAP");
    assertFalse(inode.isHeld());
    assertViolation(otherMmap::lock, "MMAP of space 2", "MMAP of space 1", "one MMAP at a time");
    mmap.unlockShared();
    inode.lock(); // the checker has forgotten what was refused
    inode.unlock();
  }

  @Test
  void exemptsTryingButRemembersWhatItAcquired() {
    leaf.lock();
    assertTrue(inode.tryLock());
    leaf.unlock();
    mmap.lock();
    assertViolation(() -> new Mutex(LockRank.DAEMON, "late").lock(), "DAEMON late", "INODE");
    mmap.unlock();
    inode.unlock();
  }

  @Test
  void refusesToAcquireTwice() {
    inode.lock();
    assertViolation(inode::lock, "INODE of file a twice");
    assertViolation(inode::tryLock, "INODE of file a twice");
    inode.unlock();
    mmap.lockShared();
    assertViolation(mmap::lockShared, "twice");
    assertViolation(mmap::lock, "twice");
    mmap.unlockShared();
    Page page = new Page();
    Page.LOCK.lock(page);
    assertViolation(() -> Page.LOCK.lock(page), "FOLIO of page twice");
    assertFalse(Page.LOCK.tryLock(page), "a bit lock may be tried");
    Page.LOCK.unlock(page);
  }

  @Test
  void refusesToReleaseWhatIsNotHeld() {
    assertViolation(inode::unlock, "releases INODE", "without holding it");
    mmap.lockShared();
    assertViolation(mmap::unlock, "releases MMAP", "but holds MMAP of space 1 (shared)");
    mmap.unlockShared();
  }

  @Test
  void letsAnotherThreadReleaseWhatWasHandedOver() throws Exception {
    Page page = new Page();
    Page.LOCK.lock(page);
    runInThread(() -> assertViolation(() -> Page.LOCK.unlock(page), "without holding it"));
    RankCheckingSync.handOver(page);
    assertTrue(RankCheckingSync.held().isEmpty());
    runInThread(() -> Page.LOCK.unlock(page));
    assertFalse(Page.LOCK.isLocked(page));
    assertViolation(() -> RankCheckingSync.handOver(page), "hands over page");
  }

  @Test
  void refusesToWaitWhileALockIsHeld() throws Exception {
    Waiter woken = new Waiter();
    woken.wake();
    leaf.lock();
    assertViolation(woken::await, "waits for", "LEAF leaf");
    leaf.unlock();
    assertDoesNotThrow(() -> woken.await());
  }

  @Test
  void permitsToWaitForTheNextLockWhileLocksAreHeld() throws Exception {
    Page contended = new Page();
    Page.LOCK.lock(contended);
    FutureTask<Void> other =
        new FutureTask<>(
            () -> {
              mmap.lockShared();
              Page.LOCK.lock(contended);
              Page.LOCK.unlock(contended);
              mmap.unlockShared();
              return null;
            });
    Thread thread = new Thread(other);
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    Page.LOCK.unlock(contended);
    other.get();
  }

  @Test
  void rule_3_5_permitsNothingInside() {
    leaf.lock(); // whoever enters may hold locks
    Sync.inside(true);
    assertViolation(inode::lock, "INODE of file a while it is INSIDE");
    assertViolation(inode::tryLock, "INSIDE");
    assertViolation(() -> new Waiter().await(), "INSIDE");
    assertViolation(() -> Sync.pause(1), "sleeps while it is INSIDE");
    assertViolation(() -> Sync.inside(true), "INSIDE twice");
    Sync.inside(false);
    assertViolation(() -> Sync.inside(false), "without being there");
    Sync.pause(1); // a flush may, with locks
    leaf.unlock();
  }

  @Test
  void wantsFoliosOfOneFileInAscendingOrder() {
    Mapping file = mock(Mapping.class);
    HeldLocks held = new HeldLocks(Thread.currentThread());
    held.afterAcquire(LockRank.FOLIO, folio(file, 8), false);
    held.beforeAcquire(LockRank.FOLIO, folio(file, 9), false, false);
    held.beforeAcquire(LockRank.FOLIO, folio(file, 8), false, false); // target and first source
    held.beforeAcquire(LockRank.FOLIO, folio(mock(Mapping.class), 7), false, false);
    held.beforeAcquire(LockRank.FOLIO, folio(file, 7), false, true);
    LockViolation violation =
        assertThrows(
            LockViolation.class,
            () -> held.beforeAcquire(LockRank.FOLIO, folio(file, 7), false, false));
    assertTrue(violation.getMessage().contains("ascending"), violation.getMessage());
  }

  private static Folio folio(Mapping file, long index) {
    Folio folio = mock(Folio.class);
    when(folio.mapping()).thenReturn(file);
    when(folio.index()).thenReturn(index);
    return folio;
  }

  @Test
  void reportsWhatIsHeldByWhomAfterATest() throws Exception {
    inode.lock();
    runInThread(leaf::lock); // ends without releasing
    AssertionError held = assertThrows(AssertionError.class, RankCheckingSync::assertNothingHeld);
    assertTrue(held.getMessage().contains("LEAF leaf"), held.getMessage());
    assertTrue(held.getMessage().contains("INODE of file a"), held.getMessage());
    assertTrue(held.getMessage().contains(Thread.currentThread().getName()), held.getMessage());
    assertDoesNotThrow(RankCheckingSync::assertNothingHeld, "reported once");
  }

  @Test
  void remembersViolationsThatSomebodySwallowed() {
    mmap.lock();
    try {
      inode.lock();
    } catch (LockViolation swallowed) {
      // as an engine does that survives whatever a strategy throws
    }
    mmap.unlock();
    AssertionError error = assertThrows(AssertionError.class, RankCheckingSync::assertNothingHeld);
    assertEquals(1, error.getSuppressed().length);
  }

  @Test
  void growsWithTheNumberOfLocks() {
    Page[] pages = new Page[600];
    for (int i = 0; i < pages.length; i++) {
      pages[i] = new Page();
      Page.LOCK.lock(pages[i]);
    }
    for (Page page : pages) {
      Page.LOCK.unlock(page);
    }
  }

  private static void assertViolation(Executable use, String... parts) {
    LockViolation violation = assertThrows(LockViolation.class, use);
    for (String part : parts) {
      assertTrue(violation.getMessage().contains(part), violation.getMessage());
    }
    assertTrue(RankCheckingSync.takeViolations().contains(violation), "recorded as well as thrown");
  }

  private static void runInThread(Executable body) throws Exception {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              try {
                body.execute();
              } catch (Exception e) {
                throw e;
              } catch (Throwable t) {
                throw new AssertionError(t);
              }
              return null;
            });
    Thread thread = new Thread(task);
    thread.start();
    task.get();
    thread.join();
  }
}
