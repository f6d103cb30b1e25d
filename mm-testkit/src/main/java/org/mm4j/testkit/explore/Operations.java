/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.SharedLock;
import org.mm4j.sync.WaitQueue;
import org.mm4j.testkit.locks.LockViolation;

/**
 * What each operation of a task means in a run: which cell it is about, when it is possible, what
 * it does to memory and to the store buffer.
 */
final class Operations {
  private static final String SYNC_PACKAGE = "org.mm4j.sync.";
  private static final String OWN_PACKAGE = "org.mm4j.testkit.";
  private static final StackWalker STACK = StackWalker.getInstance();

  private final ExploredRun run;
  private final List<Site> weakened;

  Operations(ExploredRun run, List<Site> weakened) {
    this.run = run;
    this.weakened = weakened;
  }

  ExploredRun run() {
    return run;
  }

  // ------------------------------------------------------------ rules

  /** Checks a locking rule of the calling task. */
  void check(ExploredTask task, Runnable rule) {
    boolean before = run.hush(true); // a folio's mapping is read for the check
    try {
      rule.run();
    } catch (LockViolation violation) {
      run.fail(Violation.LOCK_ORDER, String.valueOf(violation.getMessage()), violation);
      throw violation;
    } finally {
      run.hush(before);
    }
  }

  /** Returns whether the calling method is to lose its fence. */
  boolean isWeakened() {
    return !weakened.isEmpty()
        && STACK.walk(
            frames ->
                frames
                    .filter(frame -> !isOwn(frame.getClassName()))
                    .findFirst()
                    .map(frame -> new Site(frame.getClassName(), frame.getMethodName()))
                    .filter(weakened::contains)
                    .isPresent());
  }

  private static boolean isOwn(String className) {
    return className.startsWith(SYNC_PACKAGE)
        || className.equals(ExploringSync.class.getName())
        || className.equals(OWN_PACKAGE + "explore.Operations");
  }

  // ------------------------------------------------------------ attempts and fences

  void retry(ExploredTask task, long attempt) {
    task.retryFrom = (int) attempt;
    if (!task.mayRetry()) {
      run.announce(task, Step.Kind.RETRY, null, Access.LOAD);
    }
    task.forgetAttempt();
  }

  void fence(ExploredTask task) {
    if (!task.buffer.isEmpty()) {
      task.drains = true;
      run.announce(task, Step.Kind.FENCE, null, Access.LOAD);
    }
  }

  // ------------------------------------------------------------ locks

  void acquire(ExploredTask task, LockRank rank, Object lock, boolean shared, boolean trying) {
    check(task, () -> task.held.beforeAcquire(rank, lock, shared, trying));
    Cell cell = run.cell(task, lock, null, Cell.NO_INDEX);
    task.drains = true;
    if (trying) {
      run.access(
          task,
          shared ? Step.Kind.TRY_SHARED : Step.Kind.TRY,
          cell,
          shared ? Access.LOAD : Access.STORE);
      if (cell.excludes(shared)) {
        run.order().refused(task, cell);
      }
    } else {
      run.access(
          task,
          shared ? Step.Kind.ACQUIRE_SHARED : Step.Kind.ACQUIRE,
          cell,
          shared ? Access.ACQUIRE_SHARED : Access.ACQUIRE);
    }
  }

  void acquire(ExploredTask task, BitLock lock, Object owner, boolean trying) {
    check(task, () -> task.held.beforeAcquire(lock.rank(), owner, false, trying));
    Cell cell = run.cell(task, owner, lock.word().handle(), Cell.NO_INDEX);
    task.drains = true;
    task.lockBit = lock.lockedBit();
    run.access(
        task,
        trying ? Step.Kind.TRY : Step.Kind.ACQUIRE,
        cell,
        trying ? Access.STORE : Access.ACQUIRE);
  }

  void acquired(ExploredTask task, LockRank rank, Object lock, boolean shared) {
    task.held.afterAcquire(rank, lock, shared);
    if (blocks(lock)) {
      Cell cell = run.cell(task, lock, null, Cell.NO_INDEX);
      if (shared) {
        cell.sharers |= 1 << task.number;
      } else {
        cell.holder = task.number;
      }
    }
  }

  boolean takeBit(ExploredTask task, VarHandle field, Object owner, long bit) {
    Cell cell = run.cell(task, owner, field, Cell.NO_INDEX);
    long word = RawMemory.WORD.word(cell);
    if ((word & bit) != 0) {
      run.order().refused(task, cell);
      return false;
    }
    RawMemory.WORD.setWord(cell, word | bit);
    return true;
  }

  /** Returns whether a lock is one that blocks by itself, not a bit of its owner. */
  private static boolean blocks(Object lock) {
    return lock instanceof Mutex || lock instanceof SharedLock;
  }

  void release(ExploredTask task, LockRank rank, Object lock, boolean shared) {
    check(
        task,
        () -> {
          if (!task.held.release(rank, lock, shared)) {
            throw task.held.violation("releases " + rank + " of " + lock + " without holding it");
          }
        });
    if (!blocks(lock)) {
      return; // the bit is cleared next
    }
    Cell cell = run.cell(task, lock, null, Cell.NO_INDEX);
    task.drains = true;
    run.access(
        task,
        shared ? Step.Kind.RELEASE_SHARED : Step.Kind.RELEASE,
        cell,
        shared ? Access.RELEASE_SHARED : Access.RELEASE);
    run.order().released(task, cell);
    if (shared) {
      cell.sharers &= ~(1 << task.number);
    } else {
      cell.holder = -1;
    }
  }

  long releaseBits(ExploredTask task, VarHandle field, Object owner, long bits) {
    Cell cell = run.cell(task, owner, field, Cell.NO_INDEX);
    boolean step = cell.isStep(task.number, Access.RELEASE);
    if (run.buffers() && (run.everyAccess() || step || !task.buffer.isEmpty())) {
      long before = task.buffer.word(cell, RawMemory.WORD.word(cell));
      int[] clock = run.order().buffered(task, cell, Access.RELEASE);
      task.buffer.add(
          new StoreBuffer.Entry(cell, RawMemory.WORD, null, bits, Access.RELEASE, clock, step));
      run.timeline().performing(task, Step.Kind.RELEASE, cell);
      return before;
    }
    if (run.buffers()) {
      run.storeUnseen(task, Step.Kind.RELEASE, cell, Access.RELEASE);
    } else {
      run.access(task, Step.Kind.RELEASE, cell, Access.RELEASE);
    }
    long before = RawMemory.WORD.word(cell);
    RawMemory.WORD.setWord(cell, before & ~bits);
    run.order().released(task, cell);
    return before;
  }

  // ------------------------------------------------------------ waiting

  boolean awaitWord(ExploredTask task, VarHandle field, Object waiter, long value) {
    Cell cell = run.cell(task, waiter, field, Cell.NO_INDEX);
    task.awaited = value;
    run.access(task, Step.Kind.WAIT, cell, Access.LOAD);
    return RawMemory.WORD.word(cell) == value; // else the run is over and the world is closed
  }

  void queue(ExploredTask task, WaitQueue queue) {
    Cell cell = run.cell(task, queue, null, Cell.NO_INDEX);
    task.drains = true;
    run.access(task, Step.Kind.QUEUE, cell, Access.STORE);
    run.order().changed(task, cell);
  }

  void content(ExploredTask task, boolean write, long frame) {
    Cell cell = run.cell(task, Cells.FRAMES, null, frame);
    task.drains = write;
    run.access(
        task,
        write ? Step.Kind.WRITE_CONTENT : Step.Kind.READ_CONTENT,
        cell,
        write ? Access.STORE : Access.LOAD);
    if (write) {
      run.order().changed(task, cell);
    }
  }

  // ------------------------------------------------------------ loads and stores

  @Nullable Object loadReference(
      ExploredTask task, RawMemory memory, Object owner, @Nullable Object field, long index) {
    Cell cell = run.cell(task, owner, field, index);
    run.access(task, Step.Kind.LOAD, cell, Access.LOAD);
    run.order().looked(task, cell);
    Object value =
        task.buffer.contains(cell) ? task.buffer.reference(cell) : memory.reference(cell);
    run.timeline().value(value);
    return value;
  }

  long loadWord(
      ExploredTask task, RawMemory memory, Object owner, @Nullable Object field, long index) {
    Cell cell = run.cell(task, owner, field, index);
    run.access(task, Step.Kind.LOAD, cell, Access.LOAD);
    run.order().looked(task, cell);
    long value = memory.word(cell);
    if (!task.buffer.isEmpty()) {
      value = task.buffer.word(cell, value);
    }
    run.timeline().value(value);
    return value;
  }

  void storeReference(
      ExploredTask task,
      RawMemory memory,
      Object owner,
      @Nullable Object field,
      long index,
      @Nullable Object value) {
    Cell cell = run.cell(task, owner, field, index);
    if (buffers(task, cell)) {
      buffer(task, cell, memory, value, 0);
    } else {
      storeDirectly(task, cell);
      memory.setReference(cell, value);
      run.order().changed(task, cell);
    }
    run.timeline().value(value);
  }

  void storeWord(
      ExploredTask task,
      RawMemory memory,
      Object owner,
      @Nullable Object field,
      long index,
      long value) {
    Cell cell = run.cell(task, owner, field, index);
    if (buffers(task, cell)) {
      buffer(task, cell, memory, null, value);
    } else {
      storeDirectly(task, cell);
      memory.setWord(cell, value);
      run.order().changed(task, cell);
    }
    run.timeline().value(value);
  }

  private void storeDirectly(ExploredTask task, Cell cell) {
    if (run.buffers()) {
      run.storeUnseen(task, Step.Kind.STORE, cell, Access.STORE);
    } else {
      run.access(task, Step.Kind.STORE, cell, Access.STORE);
    }
  }

  private boolean buffers(ExploredTask task, Cell cell) {
    return run.buffers() && (run.everyAccess() || cell.isStep(task.number, Access.STORE));
  }

  private void buffer(
      ExploredTask task, Cell cell, RawMemory memory, @Nullable Object value, long word) {
    int[] clock = run.order().buffered(task, cell, Access.STORE);
    task.buffer.add(new StoreBuffer.Entry(cell, memory, value, word, Access.STORE, clock, true));
    run.timeline().performing(task, Step.Kind.STORE, cell);
  }

  // ------------------------------------------------------------ updates

  /** Announces an update, which the caller then makes. */
  Cell beforeUpdate(ExploredTask task, Object owner, @Nullable Object field, long index) {
    Cell cell = run.cell(task, owner, field, index);
    task.drains = true;
    run.access(task, Step.Kind.UPDATE, cell, Access.STORE);
    run.order().looked(task, cell);
    return cell;
  }

  /** Notes whether an update that may fail has changed the cell. */
  boolean updated(ExploredTask task, Cell cell, boolean succeeded) {
    if (succeeded) {
      run.order().changed(task, cell);
    }
    run.timeline().value(succeeded ? "done" : "failed");
    return succeeded;
  }

  void changed(ExploredTask task, Cell cell, long now) {
    run.order().changed(task, cell);
    run.timeline().value(now);
  }

  /** Announces an addition with bounds, which the caller then makes. */
  Cell beforeAddition(ExploredTask task, Object owner, VarHandle field, BoundedAddition addition) {
    Cell cell = run.cell(task, owner, field, Cell.NO_INDEX);
    task.drains = true;
    task.addition = addition;
    run.access(task, Step.Kind.UPDATE, cell, Access.ADD_WITHIN);
    run.order().looked(task, cell);
    return cell;
  }

  void add(ExploredTask task, Object owner, VarHandle field, long delta) {
    Cell cell = run.cell(task, owner, field, Cell.NO_INDEX);
    task.drains = true;
    run.access(task, Step.Kind.ADD, cell, Access.ADD);
    run.order().changed(task, cell);
    run.timeline().value(delta);
  }

  long changeBits(
      ExploredTask task,
      RawMemory memory,
      Object owner,
      @Nullable Object field,
      long index,
      long bits,
      boolean set) {
    Cell cell = run.cell(task, owner, field, index);
    task.drains = true;
    task.idleBits = bits;
    task.idleIfSet = set;
    task.memory = memory;
    run.access(task, Step.Kind.UPDATE, cell, Access.STORE);
    run.order().looked(task, cell);
    long seen = memory.word(cell);
    long before = task.buffer.isEmpty() ? seen : task.buffer.word(cell, seen);
    long now = set ? before | bits : before & ~bits;
    if (now != before) {
      memory.setWord(cell, now); // then the buffer was empty
      run.order().changed(task, cell);
    }
    run.timeline().value(now);
    return before;
  }
}
