/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.Fences;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.SharedLock;
import org.mm4j.sync.WaitQueue;
import org.mm4j.sync.WordField;

/** What the tasks of a tiny program share. */
final class Shared {
  static final WordField X = WordField.of(MethodHandles.lookup(), Shared.class, "x");
  static final WordField Y = WordField.of(MethodHandles.lookup(), Shared.class, "y");
  static final BitLock LOCK =
      new BitLock(
          WordField.of(MethodHandles.lookup(), Shared.class, "state"), 1, 2, LockRank.FOLIO);

  @SuppressWarnings("unused") // accessed through X
  private long x;

  @SuppressWarnings("unused") // accessed through Y
  private long y;

  @SuppressWarnings("unused") // accessed through LOCK
  private long state;

  final Mutex mutex = new Mutex(LockRank.INODE, "of the inode");
  final SharedLock mmap = new SharedLock(LockRank.MMAP, "of the space");
  final WaitQueue queue = new WaitQueue();

  /** Guarded by {@link #mutex}, {@link #mmap} or {@link #LOCK}. */
  long guarded;

  /** What each task has seen. */
  final long[] seen = new long[4];

  /** Does something with what is shared. */
  @FunctionalInterface
  interface Action {
    void run(Shared shared) throws Exception;
  }

  static long x(Shared shared) {
    return X.getAcquire(shared);
  }

  /** A fence with a name of its own, to be taken away. */
  static void publish() {
    Fences.full();
  }

  static void storeVolatile(Shared shared) {
    X.setVolatile(shared, 1);
  }

  /** A program whose end is checked. */
  static Program program(Action check, Action... tasks) {
    return () -> new TinyRun(new Shared(), check, List.of(tasks), false);
  }

  /** A program that adds what was seen to a set. */
  static Program program(Set<String> outcomes, Action... tasks) {
    return program(shared -> outcomes.add(shared.seen[0] + " " + shared.seen[1]), tasks);
  }

  /** A program in which tasks may wait for ever. */
  static Program patient(Set<String> outcomes, Action... tasks) {
    return () ->
        new TinyRun(
            new Shared(),
            shared -> outcomes.add(shared.seen[0] + " " + shared.seen[1]),
            List.of(tasks),
            true);
  }

  /** One run of a tiny program. */
  static final class TinyRun implements Run {
    private final Shared shared;
    private final Action check;
    private final List<Task> tasks = new ArrayList<>();
    private final boolean patient;

    TinyRun(Shared shared, Action check, List<Action> actions, boolean patient) {
      this.shared = shared;
      this.check = check;
      this.patient = patient;
      for (int i = 0; i < actions.size(); i++) {
        Action action = actions.get(i);
        tasks.add(new Task("task " + i, () -> action.run(shared)));
      }
    }

    @Override
    public List<Task> tasks() {
      return tasks;
    }

    @Override
    public boolean mayWaitForEver(Task task) {
      return patient;
    }

    @Override
    public void afterAll(Ending ending) {
      try {
        check.run(shared);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public WorldView view() {
      return new WorldView(
          List.of(
              new WorldView.Row(
                  "words", List.of("x " + x(shared), "guarded <" + shared.guarded + ">"))));
    }

    @Override
    public void close() {
      shared.queue.wakeAll();
    }
  }
}
