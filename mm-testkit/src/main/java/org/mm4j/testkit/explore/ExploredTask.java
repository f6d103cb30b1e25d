/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.mm4j.testkit.locks.HeldLocks;

/** A task of a run: its thread, what it is about to do, what it holds and knows. */
final class ExploredTask {
  final int number;
  final Task task;
  final Thread thread;
  final HeldLocks held;
  final StoreBuffer buffer = new StoreBuffer();

  /** How many of its own visible operations, and of the others', it knows of. */
  final int[] clock;

  /** What it is about to do, or null while it runs or has ended. */
  Step.@Nullable Kind pending;

  /** On what, if on something. */
  @Nullable Cell cell;

  /** As which access. */
  int access;

  /** Whether it is about to do it only when its store buffer is empty. */
  boolean drains;

  /** The bit of the bit lock it wants, or 0. */
  long lockBit;

  /** What the word it waits for has to be. */
  long awaited;

  /** Bits that make a draining update a mere load if all are set (or all clear). */
  long idleBits;

  boolean idleIfSet;

  /** The addition it is about to make, if it is one with bounds. */
  @Nullable BoundedAddition addition;

  @Nullable RawMemory memory;

  boolean ended;

  /** Whether the next thing it waits for is refused. */
  boolean aborted;

  private volatile boolean turn;

  // what it has seen since its attempts began
  private Cell[] seenCells = new Cell[16];
  private int[] seenAt = new int[16];
  private boolean[] wasRefused = new boolean[16];
  private int looks;
  private boolean attempts;
  int retryFrom;

  ExploredTask(int number, Task task, int tasks, Runnable body) {
    this.number = number;
    this.task = task;
    this.clock = new int[tasks];
    this.thread = Thread.ofVirtual().name(task.name()).unstarted(body);
    this.held = new HeldLocks(thread);
  }

  /** Lets the task go on. */
  void resume() {
    turn = true;
    LockSupport.unpark(thread);
  }

  /** Waits for {@link #resume}; called by the task itself. */
  void awaitTurn() {
    while (!turn) {
      LockSupport.park(this);
    }
    turn = false;
  }

  /**
   * Returns whether it can do what it is about to do.
   *
   * @param drained whether its store buffer counts as empty
   */
  boolean canGoOn(boolean drained) {
    if (pending == null || (drains && !drained && !isIdleUpdate())) {
      return false;
    }
    return switch (pending) {
      case ACQUIRE ->
          lockBit == 0 ? !cell().excludes(false) : (RawMemory.WORD.word(cell()) & lockBit) == 0;
      case ACQUIRE_SHARED -> !cell().excludes(true);
      case RETRY -> mayRetry();
      case WAIT -> RawMemory.WORD.word(cell()) == awaited;
      default -> true;
    };
  }

  /** Says what it is about to do and what it holds. */
  String describe(Timeline timeline, Run world) {
    if (pending == null) {
      return task.name() + (ended ? " has ended" : " runs");
    }
    String holds = held.isEmpty() ? "" : " and holds " + held.describe();
    return task.name() + " is about to " + timeline.describe(pending, cell, world) + holds;
  }

  /** Returns the cell it is about to access. */
  Cell cell() {
    if (cell == null) {
      throw new IllegalStateException(pending + " without a cell");
    }
    return cell;
  }

  /** Returns whether the update it is about to make would change no bit, and orders nothing. */
  boolean isIdleUpdate() {
    if (idleBits == 0 || memory == null) {
      return false;
    }
    long word = buffer.word(cell(), memory.word(cell())) & idleBits;
    return word == (idleIfSet ? idleBits : 0);
  }

  // ------------------------------------------------------------ attempts

  long beginAttempt() {
    attempts = true;
    return looks;
  }

  /**
   * Notes that what the task does next depends on a cell.
   *
   * @param seen the cell
   * @param now the number of changes so far
   * @param refused whether it could not have the lock, so that a release changes something, too
   */
  void noteLook(Cell seen, int now, boolean refused) {
    if (!attempts) {
      return;
    }
    if (looks == seenCells.length) {
      seenCells = Arrays.copyOf(seenCells, 2 * looks);
      seenAt = Arrays.copyOf(seenAt, 2 * looks);
      wasRefused = Arrays.copyOf(wasRefused, 2 * looks);
    }
    seenCells[looks] = seen;
    seenAt[looks] = now;
    wasRefused[looks++] = refused;
  }

  /** Returns whether another task has changed something this attempt has seen, since it did. */
  boolean mayRetry() {
    if (retryFrom > looks) {
      return true; // it began within a larger attempt that has begun again since
    }
    for (int i = retryFrom; i < looks; i++) {
      Cell seen = seenCells[i];
      for (int other = 0; other < clock.length; other++) {
        if (other != number
            && (seen.changes[other] > seenAt[i]
                || (wasRefused[i] && seen.releases[other] > seenAt[i]))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Forgets what the failed attempt has seen. */
  void forgetAttempt() {
    looks = Math.min(looks, retryFrom);
  }
}
