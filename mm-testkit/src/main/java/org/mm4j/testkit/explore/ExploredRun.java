/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One run: who goes on, what has happened, and how it ended.
 *
 * <p>One task runs at a time. Before each step it says what it is about to do, asks the {@link
 * Chooser} itself, and either goes on or hands over and waits; so every field here is used by one
 * thread at a time, and the hand-over orders them.
 *
 * <p>What a task does between two steps cannot be told from outside: it belongs to the step before.
 */
final class ExploredRun {
  /** How many operations there may be per permitted step. */
  private static final int OPERATIONS_PER_STEP = 100;

  /** What the run is doing. */
  private enum Phase {
    BUILDING,
    EXPLORING,
    /** Over, but the tasks go on to their ends so that the world can be closed. */
    DRAINING,
    CLOSING
  }

  private final Chooser chooser;
  private final boolean everyAccess;
  private final int stepLimit;
  private final boolean tso;
  private final Cells cells;
  private final Order order;
  private final Timeline timeline;
  private final Thread driver = Thread.currentThread();
  private final Schedule schedule = new Schedule();

  /** The schedule if every access were a step. */
  private final Schedule everything = new Schedule();

  private Phase phase = Phase.BUILDING;
  private @Nullable Run run;
  private ExploredTask[] tasks = {};
  private @Nullable ExploredTask running;

  /** While this is set, operations are not explored: a look at the world, a message. */
  private boolean quiet;

  private boolean starting;

  /** How many tasks have come to their first step. */
  private volatile int started;

  private volatile boolean finished;
  private long operations;
  private int lastActor = -1;
  private int lastTask = -1;
  private int preemptions;
  private Step.Kind lastKind = Step.Kind.FENCE;
  private @Nullable Cell lastCell;
  private int lastAccess;
  private @Nullable BoundedAddition lastAddition;

  /** The word before the last addition with bounds. */
  private long lastWord;

  private boolean stepOpen;
  private boolean cut;
  private @Nullable Failure failure;
  private volatile @Nullable String intruder;

  /** Why nothing can be said about the run. */
  private volatile @Nullable ExplorationFailed trouble;

  ExploredRun(
      Chooser chooser,
      int stepLimit,
      boolean tso,
      Cells cells,
      SharedCells sharing,
      Timeline timeline) {
    this.chooser = chooser;
    this.everyAccess = !chooser.onlySharedCells();
    this.stepLimit = stepLimit;
    this.tso = tso;
    this.cells = cells;
    this.order = new Order(sharing);
    this.timeline = timeline;
  }

  // ------------------------------------------------------------ for the driver

  /** Takes the world that was built meanwhile. */
  void begin(Run built) {
    run = built;
    List<Task> bodies = built.tasks();
    if (bodies.isEmpty() || bodies.size() > Cells.MOST_TASKS) {
      throw new ExplorationFailed(
          "a run has 1 to " + Cells.MOST_TASKS + " tasks, not " + bodies.size());
    }
    cells.begin(bodies.size());
    order.begin(bodies.size());
    ExploredTask[] made = new ExploredTask[bodies.size()];
    for (int i = 0; i < made.length; i++) {
      int number = i;
      made[i] = new ExploredTask(i, bodies.get(i), made.length, () -> perform(number));
    }
    tasks = made;
    timeline.begin(built, bodies);
    chooser.begin();
  }

  /** Lets the tasks run until all have ended or nobody can go on. */
  void perform() {
    phase = Phase.EXPLORING;
    starting = true;
    for (ExploredTask task : tasks) {
      running = task;
      task.thread.start();
      while (started <= task.number) {
        LockSupport.park(this);
      }
    }
    starting = false;
    ExploredTask first = nextTask(null);
    if (first != null) {
      handTo(first);
    }
    while (!finished) {
      LockSupport.park(this);
    }
  }

  /** Lets the last checks run. */
  void checkEnd() {
    if (failure == null && !cut) {
      List<Task> ended = new ArrayList<>();
      List<Task> waiting = new ArrayList<>();
      for (ExploredTask task : tasks) {
        (task.ended ? ended : waiting).add(task.task);
      }
      try {
        world().afterAll(new Ending(ended, waiting));
      } catch (RuntimeException | Error e) {
        failure = Failure.of(e, "the check at the end");
      }
    }
  }

  /** Lets the tasks that wait go free; they wait on the hardware from now on. */
  void release() {
    phase = Phase.CLOSING;
    for (ExploredTask task : tasks) {
      if (!task.ended) {
        task.resume();
      }
    }
  }

  List<Thread> threads() {
    List<Thread> threads = new ArrayList<>();
    for (ExploredTask task : tasks) {
      threads.add(task.thread);
    }
    return threads;
  }

  @Nullable Failure failure() {
    return failure;
  }

  /** Returns the schedule of the run, with every access a step. */
  String schedule() {
    return everything.text(tasks.length);
  }

  @Nullable ExplorationFailed trouble() {
    return trouble;
  }

  @Nullable String intruder() {
    return intruder;
  }

  /** Returns who runs now and how far the run is, for somebody who waits for it in vain. */
  String position() {
    ExploredTask task = running;
    return task == null
        ? "no task runs"
        : "\"%s\" runs since step %d: %s"
            .formatted(
                task.task.name(),
                schedule.size(),
                String.join(
                    System.lineSeparator() + "  at ",
                    List.of(task.thread.getStackTrace()).stream()
                        .map(StackTraceElement::toString)
                        .toList()));
  }

  // ------------------------------------------------------------ for choosers

  int taskCount() {
    return tasks.length;
  }

  ExploredTask task(int number) {
    return tasks[number];
  }

  /** Returns the number of steps so far. */
  int steps() {
    return schedule.size();
  }

  /** Returns who made the step before, or -1 before the first one. */
  int lastActor() {
    return lastActor;
  }

  /** Returns the task that made a step last, other than a flush, or -1 before the first one. */
  int lastTask() {
    return lastTask;
  }

  /** Returns how often a task that could go on was interrupted. */
  int preemptions() {
    return preemptions;
  }

  /** Returns whether what an actor is about to do does not commute with the step before. */
  boolean dependsOnLast(int actor) {
    int count = tasks.length;
    if (actor == lastActor) {
      return true;
    }
    if (lastCell == null) {
      return false;
    }
    if (actor >= count) {
      StoreBuffer.Entry first = tasks[actor - count].buffer.first();
      return first.cell() == lastCell && Access.areDependent(first.access(), lastAccess);
    }
    ExploredTask task = tasks[actor];
    if (task.cell != lastCell || !Access.areDependent(task.access, lastAccess)) {
      return false;
    }
    return task.addition == null
        || lastAccess != Access.ADD_WITHIN
        || lastAddition == null
        || !BoundedAddition.commute(lastWord, task.addition, lastAddition);
  }

  /** Returns a number that differs if a run goes another way than an earlier one. */
  int fingerprint() {
    int print = 17;
    for (ExploredTask task : tasks) {
      print = 31 * print + (task.pending == null ? 0 : task.pending.code());
      print = 31 * print + (task.cell == null ? -1 : task.cell.id);
      print = 31 * print + task.buffer.size();
    }
    return print;
  }

  /** Says what everybody is about to do, for messages. */
  String describeState() {
    StringBuilder text = new StringBuilder();
    boolean before = quiet;
    quiet = true;
    for (ExploredTask task : tasks) {
      text.append(text.isEmpty() ? "" : "; ").append(task.describe(timeline, world()));
    }
    quiet = before;
    return text.toString();
  }

  /** Returns whether what a task is about to do is a step. */
  private boolean isStep(ExploredTask task) {
    Cell cell = task.cell;
    return everyAccess
        || cell == null
        || cell.isStep(task.number, task.access)
        || !task.canGoOn(task.buffer.isEmpty());
  }

  private Run world() {
    if (run == null) {
      throw new IllegalStateException("the world is not built yet");
    }
    return run;
  }

  // ------------------------------------------------------------ the calling thread

  /**
   * Returns the task that performs the calling operation, or null if it is not explored.
   *
   * @param touched what the operation is about, if it has an identity
   */
  @SuppressWarnings("ReferenceEquality") // a thread is itself
  @Nullable ExploredTask caller(@Nullable Object touched) {
    ExploredTask task = running;
    Thread thread = Thread.currentThread();
    if (task != null && task.thread == thread) {
      return quiet || phase == Phase.CLOSING ? null : task;
    }
    if (thread == driver) {
      if (phase == Phase.BUILDING && touched != null) {
        cells.note(touched);
      }
      return null;
    }
    if (phase == Phase.CLOSING && threads().contains(thread)) {
      return null;
    }
    intruder = thread.toString();
    throw new ExplorationFailed("thread " + intruder + " is no task of the exploration");
  }

  /** Returns a number for the calling thread that is the same in each run. */
  @SuppressWarnings("ReferenceEquality") // a thread is itself
  long threadNumber() {
    ExploredTask task = running;
    return task != null && task.thread == Thread.currentThread() ? task.number + 1 : 0;
  }

  Cell cell(ExploredTask task, Object owner, @Nullable Object field, long index) {
    return cells.of(task.number, owner, field, index);
  }

  /** Returns whether stores go through a buffer. */
  boolean buffers() {
    return tso && phase == Phase.EXPLORING;
  }

  /** Returns whether operations are steps although no other task has a part in them. */
  boolean everyAccess() {
    return everyAccess;
  }

  Order order() {
    return order;
  }

  Timeline timeline() {
    return timeline;
  }

  /** Lets what follows be unexplored, and returns whether it was before. */
  boolean hush(boolean now) {
    boolean before = quiet;
    quiet = now;
    return before;
  }

  // ------------------------------------------------------------ operations

  /** Announces an operation on a cell, waits for its turn, and notes it. */
  void access(ExploredTask task, Step.Kind kind, Cell cell, int access) {
    announce(task, kind, cell, access);
    if (phase == Phase.EXPLORING) {
      order.access(task, cell, access);
    }
  }

  /** Announces an operation without a cell, or one that is noted later. */
  void announce(ExploredTask task, Step.Kind kind, @Nullable Cell cell, int access) {
    task.pending = kind;
    task.cell = cell;
    task.access = access;
    if (++operations > (long) OPERATIONS_PER_STEP * stepLimit) {
      tooLong();
    }
    if (phase == Phase.EXPLORING) {
      if (isStep(task)) {
        takeTurn(task);
      } else {
        everything.add(task.number);
      }
    }
    if (phase != Phase.EXPLORING) {
      drain(task);
    }
    task.pending = null;
    task.drains = false;
    task.lockBit = 0;
    task.idleBits = 0;
    task.addition = null;
    timeline.performing(task, kind, cell);
  }

  /** Notes a store that nobody else sees, so that it need not go through the buffer. */
  void storeUnseen(ExploredTask task, Step.Kind kind, Cell cell, int access) {
    if (++operations > (long) OPERATIONS_PER_STEP * stepLimit) {
      tooLong();
    }
    order.access(task, cell, access);
    if (task.buffer.isEmpty()) {
      everything.add(task.number + tasks.length);
    } else {
      task.buffer.follow();
    }
    timeline.performing(task, kind, cell);
  }

  // ------------------------------------------------------------ turns

  private void takeTurn(ExploredTask task) {
    if (starting) {
      arrive(task);
      task.awaitTurn();
      return;
    }
    ExploredTask next = nextTask(task);
    if (next == task) {
      return;
    }
    if (next != null) {
      handTo(next);
    }
    task.awaitTurn();
  }

  private void arrive(ExploredTask task) {
    started = task.number + 1;
    LockSupport.unpark(driver);
  }

  private void handTo(ExploredTask next) {
    running = next;
    next.resume();
  }

  /** Ends the step before and returns who makes the next one; null if the run is finished. */
  private @Nullable ExploredTask nextTask(@Nullable ExploredTask current) {
    endStep();
    while (phase == Phase.EXPLORING) {
      int enabled = enabledActors();
      if (enabled == 0) {
        if (allMayWait()) {
          finish();
          return null;
        }
        fail(Violation.DEADLOCK, "nobody can go on: " + describeState(), null);
      } else if (steps() >= stepLimit) {
        tooLong();
      } else {
        int actor = choose(enabled);
        if (actor == Chooser.CUT) {
          cut = true;
          beginToDrain();
        } else if (actor < tasks.length) {
          return beginStep(actor);
        } else {
          flush(actor);
        }
      }
    }
    return nextToDrain(current);
  }

  private int choose(int enabled) {
    try {
      return chooser.choose(this, enabled);
    } catch (ExplorationFailed e) {
      trouble = e;
      return Chooser.CUT;
    }
  }

  private ExploredTask beginStep(int actor) {
    ExploredTask task = tasks[actor];
    if (lastTask >= 0 && actor != lastTask) {
      ExploredTask before = tasks[lastTask];
      preemptions += before.canGoOn(true) ? 1 : 0;
    }
    schedule.add(actor);
    everything.add(actor);
    lastActor = actor;
    lastTask = actor;
    lastKind = task.pending == null ? Step.Kind.FENCE : task.pending;
    lastCell = task.cell;
    lastAccess = task.access;
    lastAddition = task.addition;
    if (lastAddition != null) {
      lastWord = RawMemory.WORD.word(task.cell());
    }
    stepOpen = true;
    return task;
  }

  private void flush(int actor) {
    ExploredTask task = tasks[actor - tasks.length];
    schedule.add(actor);
    everything.add(actor);
    lastActor = actor;
    lastKind = Step.Kind.FLUSH;
    lastCell = task.buffer.first().cell();
    lastAccess = task.buffer.first().access();
    stepOpen = true;
    timeline.performing(task, Step.Kind.FLUSH, lastCell);
    addFollowers(actor, flushFirst(task));
    while (!everyAccess && !task.buffer.isEmpty() && !task.buffer.first().step()) {
      everything.add(actor);
      addFollowers(actor, flushFirst(task)); // nobody could have seen it earlier
    }
    endStep();
  }

  private void addFollowers(int actor, StoreBuffer.Entry entry) {
    for (int i = 0; i < entry.followers(); i++) {
      everything.add(actor);
    }
  }

  private StoreBuffer.Entry flushFirst(ExploredTask task) {
    StoreBuffer.Entry entry = task.buffer.removeFirst();
    entry.apply();
    order.flushed(task, entry);
    return entry;
  }

  private void endStep() {
    if (!stepOpen) {
      return;
    }
    stepOpen = false;
    if (phase != Phase.EXPLORING) {
      return;
    }
    boolean before = hush(true);
    try {
      Task task = tasks[lastActor % tasks.length].task;
      world()
          .afterStep(
              new Step(
                  steps() - 1,
                  lastActor % tasks.length,
                  lastKind,
                  lastCell == null ? task : lastCell.owner,
                  lastCell == null ? Cell.NO_INDEX : lastCell.index));
      timeline.endStep(world());
    } catch (RuntimeException | Error e) {
      fail(e, "the check after step " + (steps() - 1));
    } finally {
      quiet = before;
    }
  }

  private int enabledActors() {
    int enabled = 0;
    for (ExploredTask task : tasks) {
      if (task.canGoOn(task.buffer.isEmpty())) {
        enabled |= 1 << task.number;
      }
      if (!task.buffer.isEmpty()) {
        enabled |= 1 << (task.number + tasks.length);
      }
    }
    return enabled;
  }

  // ------------------------------------------------------------ the end

  /** The body of a task's thread. */
  @SuppressWarnings("CatchingUnchecked") // whatever a task throws is a finding
  private void perform(int number) {
    ExploredTask task = tasks[number];
    try {
      task.task.body().run();
    } catch (RunAborted e) {
      task.held.clear();
    } catch (Exception | Error e) {
      fail(e, task.task.name());
    }
    if (phase == Phase.CLOSING) {
      return;
    }
    if (!task.held.isEmpty()) {
      fail(
          Violation.HELD_LOCK,
          task.task.name() + " ends and still holds " + task.held.describe(),
          null);
    }
    task.ended = true;
    task.pending = null;
    if (starting) {
      arrive(task);
      return;
    }
    ExploredTask next = nextTask(task);
    if (next != null) {
      handTo(next);
    }
  }

  private void finish() {
    finished = true;
    LockSupport.unpark(driver);
  }

  private boolean allMayWait() {
    for (ExploredTask task : tasks) {
      if (!task.ended && !mayWait(task)) {
        return false;
      }
    }
    return true;
  }

  private boolean mayWait(ExploredTask task) {
    if (task.pending != Step.Kind.WAIT) {
      return false;
    }
    boolean before = hush(true);
    try {
      return world().mayWaitForEver(task.task);
    } finally {
      quiet = before;
    }
  }

  /** Ends the run because a rule is broken. */
  void fail(String rule, String message, @Nullable Throwable cause) {
    if (phase == Phase.EXPLORING) {
      failure = new Failure(rule, message, cause);
      beginToDrain();
    }
  }

  private void fail(Throwable thrown, String where) {
    if (phase == Phase.EXPLORING) {
      failure = Failure.of(thrown, where);
      beginToDrain();
    }
  }

  private void tooLong() {
    if (phase == Phase.EXPLORING) {
      fail(
          Violation.LIVELOCK,
          "the run does not end within " + stepLimit + " steps: " + describeState(),
          null);
    }
  }

  private void beginToDrain() {
    phase = Phase.DRAINING;
    operations = 0;
    for (ExploredTask task : tasks) {
      while (!task.buffer.isEmpty()) {
        flushFirst(task);
      }
    }
  }

  /** Lets a task of a run that is over go on towards its end, without choices. */
  private void drain(ExploredTask task) {
    while (phase == Phase.DRAINING && !task.canGoOn(true)) {
      if (task.aborted) {
        throw new RunAborted();
      }
      if (starting) {
        arrive(task);
      } else {
        ExploredTask next = nextToDrain(task);
        if (next == task) {
          continue;
        }
        if (next != null) {
          handTo(next);
        }
      }
      task.awaitTurn();
    }
    if (operations > (long) OPERATIONS_PER_STEP * stepLimit) {
      task.aborted = true;
      throw new RunAborted();
    }
  }

  private @Nullable ExploredTask nextToDrain(@Nullable ExploredTask current) {
    if (current != null && current.canGoOn(true)) {
      return current;
    }
    for (ExploredTask task : tasks) {
      if (task.canGoOn(true)) {
        return task;
      }
    }
    for (ExploredTask task : tasks) {
      if (!task.ended && !mayWait(task)) {
        task.aborted = true;
        return task;
      }
    }
    finish();
    return null;
  }
}
