/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.Counter;
import org.mm4j.sync.Fences;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.RefField;
import org.mm4j.sync.SharedLock;
import org.mm4j.sync.Slots;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WaitQueue;
import org.mm4j.sync.Waiter;
import org.mm4j.sync.WordField;
import org.mm4j.sync.Words;

/**
 * A random small program over all nouns of {@code org.mm4j.sync}. Each run adds what its tasks saw
 * and what memory was at the end to a set of outcomes.
 */
final class RandomProgram implements Program {
  private static final int WORDS = 2;

  /** What a task can do; a number says with what. */
  private enum Action {
    LOAD_WORD,
    STORE_WORD,
    STORE_VOLATILE,
    ADD,
    FETCH_AND_ADD,
    COMPARE_AND_SET,
    SET_BITS,
    CLEAR_BITS,
    LOAD_SLOT,
    STORE_SLOT,
    LOAD_REFERENCE,
    STORE_REFERENCE,
    LOAD_ELEMENT,
    STORE_ELEMENT,
    FENCE,
    INCREMENT_GUARDED,
    READ_GUARDED,
    TRY_GUARDED,
    LOCKED_STORE,
    BIT_LOCKED_STORE,
    TRY_BIT_LOCK,
    WRITE_LOCKED,
    READ_LOCKED,
    TRY_READ_LOCKED,
    RETRY_UNTIL_SET,
    WAKE,
    WAIT_ONCE,
    WAIT_UNTIL_SET,
    TRY_CHARGE,
    CONTENT,
    LOAD_COUNTER,
    ADD_WITHIN,
    SUBTRACT_WITHIN
  }

  private record Operation(Action action, int what, int value) {}

  private final List<List<Operation>> tasks;
  private final Set<String> outcomes;

  private RandomProgram(List<List<Operation>> tasks, Set<String> outcomes) {
    this.tasks = tasks;
    this.outcomes = outcomes;
  }

  /** Makes a program. */
  static RandomProgram of(RandomGenerator random, Set<String> outcomes) {
    int count = 2 + (random.nextInt(3) == 0 ? 1 : 0);
    int longest = count == 2 ? 4 : 3;
    List<List<Operation>> tasks = new ArrayList<>();
    // A program uses few kinds of operations, so that they meet.
    Action[] all = Action.values();
    Action[] some = new Action[4];
    for (int i = 0; i < some.length; i++) {
      some[i] = all[random.nextInt(all.length)];
    }
    for (int task = 0; task < count; task++) {
      List<Operation> operations = new ArrayList<>();
      int length = 1 + random.nextInt(longest);
      for (int i = 0; i < length; i++) {
        Action action = some[random.nextInt(some.length)];
        operations.add(new Operation(action, random.nextInt(WORDS), 4 * (1 + random.nextInt(3))));
      }
      tasks.add(operations);
    }
    return new RandomProgram(tasks, outcomes);
  }

  /** Returns the same program with another set of outcomes. */
  RandomProgram withOutcomes(Set<String> others) {
    return new RandomProgram(tasks, others);
  }

  @Override
  public String toString() {
    return tasks.toString();
  }

  @Override
  public Run newRun() {
    return new SmallRun(new Memory());
  }

  /** An object with two words and a reference; bits 0 and 1 of the first word are a lock. */
  private static final class Node {
    static final WordField[] FIELDS = {
      WordField.of(MethodHandles.lookup(), Node.class, "first"),
      WordField.of(MethodHandles.lookup(), Node.class, "second")
    };
    static final RefField<Object> NEXT =
        RefField.of(MethodHandles.lookup(), Node.class, "next", Object.class);
    static final BitLock LOCK = new BitLock(FIELDS[0], 1, 2, LockRank.FOLIO);

    @SuppressWarnings("unused") // accessed through FIELDS
    private long first;

    @SuppressWarnings("unused") // accessed through FIELDS
    private long second;

    @SuppressWarnings("unused") // accessed through NEXT
    private Object next;
  }

  /** What the tasks share. */
  private static final class Memory {
    final Node node = new Node();
    final Object[] slots = new Object[WORDS];
    final long[] elements = new long[WORDS];
    final Mutex mutex = new Mutex(LockRank.INODE, "mutex");
    final SharedLock shared = new SharedLock(LockRank.MMAP, "shared");
    final Counter counter = new Counter();
    final WaitQueue queue = new WaitQueue();
    final List<Waiter> waiters = new ArrayList<>();
    long guarded;
    long bitGuarded;
    long written;
    volatile boolean closed;
  }

  private final class SmallRun implements Run {
    private final Memory memory;
    private final List<Task> bodies = new ArrayList<>();
    private final List<StringBuilder> seen = new ArrayList<>();

    SmallRun(Memory memory) {
      this.memory = memory;
      for (int i = 0; i < tasks.size(); i++) {
        List<Operation> operations = tasks.get(i);
        StringBuilder notes = new StringBuilder();
        seen.add(notes);
        bodies.add(
            new Task(
                "task " + i,
                () -> {
                  for (Operation operation : operations) {
                    if (memory.closed) {
                      break; // it waited for ever, and the run is over
                    }
                    perform(operation, notes);
                  }
                }));
      }
    }

    @Override
    public List<Task> tasks() {
      return bodies;
    }

    @Override
    public boolean mayWaitForEver(Task task) {
      return true;
    }

    @Override
    public void afterAll(Ending ending) {
      Node node = memory.node;
      outcomes.add(
          seen
              + " "
              + Node.FIELDS[0].getAcquire(node)
              + " "
              + Node.FIELDS[1].getAcquire(node)
              + " "
              + Node.NEXT.get(node)
              + " "
              + List.of(String.valueOf(memory.slots[0]), String.valueOf(memory.slots[1]))
              + memory.elements[0]
              + " "
              + memory.elements[1]
              + " "
              + memory.guarded
              + " "
              + memory.written
              + " "
              + memory.bitGuarded
              + " "
              + memory.counter
              + " "
              + ending.waiting().stream().map(Task::name).toList());
    }

    @Override
    public void close() {
      memory.closed = true;
      memory.waiters.forEach(Waiter::wake);
    }

    private void perform(Operation operation, StringBuilder notes) throws InterruptedException {
      Node node = memory.node;
      WordField field = Node.FIELDS[operation.what];
      int what = operation.what;
      long value = operation.value;
      switch (operation.action) {
        case LOAD_WORD -> notes.append(field.getOpaque(node) & ~3).append(' ');
        case STORE_WORD -> Node.FIELDS[1].setRelease(node, value);
        case STORE_VOLATILE -> Node.FIELDS[1].setVolatile(node, value);
        case ADD -> Node.FIELDS[1].add(node, value);
        case FETCH_AND_ADD -> notes.append(Node.FIELDS[1].getAndAdd(node, value)).append(' ');
        case COMPARE_AND_SET ->
            notes.append(Node.FIELDS[1].compareAndSet(node, 0, value)).append(' ');
        case SET_BITS -> notes.append(field.getAndSetBits(node, value) & ~3).append(' ');
        case CLEAR_BITS -> notes.append(field.getAndClearBits(node, value) & ~3).append(' ');
        case LOAD_SLOT -> notes.append(Slots.get(memory.slots, what)).append(' ');
        case STORE_SLOT -> Slots.set(memory.slots, what, value);
        case LOAD_REFERENCE -> notes.append(Node.NEXT.get(node)).append(' ');
        case STORE_REFERENCE -> Node.NEXT.set(node, value);
        case LOAD_ELEMENT -> notes.append(Words.get(memory.elements, what)).append(' ');
        case STORE_ELEMENT -> Words.set(memory.elements, what, value);
        case FENCE -> Fences.full();
        case INCREMENT_GUARDED -> {
          memory.mutex.lock();
          memory.guarded += value;
          notes.append(memory.guarded).append(' ');
          memory.mutex.unlock();
        }
        case READ_GUARDED -> {
          memory.mutex.lock();
          notes.append(memory.guarded).append(' ');
          memory.mutex.unlock();
        }
        case TRY_GUARDED -> {
          boolean got = memory.mutex.tryLock();
          notes.append(got).append(' ');
          if (got) {
            memory.guarded += value;
            memory.mutex.unlock();
          }
        }
        case LOCKED_STORE -> {
          memory.mutex.lock();
          Words.set(memory.elements, what, value);
          Slots.set(memory.slots, what, value);
          memory.mutex.unlock();
        }
        case BIT_LOCKED_STORE -> {
          Node.LOCK.lock(node);
          Words.set(memory.elements, what, value);
          memory.bitGuarded = 2 * memory.bitGuarded + value;
          Node.LOCK.unlock(node);
        }
        case TRY_BIT_LOCK -> {
          boolean got = Node.LOCK.tryLock(node);
          notes.append(got).append(' ');
          if (got) {
            Slots.set(memory.slots, what, value);
            Node.LOCK.unlock(node);
          }
        }
        case WRITE_LOCKED -> {
          memory.shared.lock();
          memory.written += value;
          Words.set(memory.elements, what, value);
          memory.shared.unlock();
        }
        case READ_LOCKED -> {
          memory.shared.lockShared();
          notes.append(memory.written).append(' ').append(Words.get(memory.elements, what));
          memory.shared.unlockShared();
        }
        case TRY_READ_LOCKED -> {
          boolean got = memory.shared.tryLockShared();
          notes.append(got).append(' ');
          if (got) {
            notes.append(memory.written).append(' ');
            memory.shared.unlockShared();
          }
        }
        case RETRY_UNTIL_SET -> {
          for (long attempt = Sync.attempt(); ; Sync.retry(attempt)) {
            if (Words.get(memory.elements, what) != 0) {
              break;
            }
          }
        }
        case WAKE -> memory.queue.wakeAll();
        case WAIT_ONCE -> {
          Waiter waiter = memory.queue.enlist();
          memory.waiters.add(waiter);
          waiter.await();
          notes.append("woken ");
        }
        case WAIT_UNTIL_SET -> {
          while (true) {
            Waiter waiter = memory.queue.enlist();
            memory.waiters.add(waiter);
            if (Words.get(memory.elements, what) != 0) {
              memory.queue.withdraw(waiter);
              break;
            }
            waiter.await();
            notes.append("woken ");
            if (memory.closed) {
              break;
            }
          }
        }
        case TRY_CHARGE -> notes.append(memory.counter.tryAdd(value, 12)).append(' ');
        case CONTENT ->
            Sync.content(what == 0 ? Sync.ContentAccess.READ : Sync.ContentAccess.WRITE, value);
        case ADD_WITHIN ->
            notes.append(Node.FIELDS[1].addIfWithin(node, 0xFFFF, 4, 20, value)).append(' ');
        case SUBTRACT_WITHIN -> {
          boolean done = Node.FIELDS[1].addIfWithin(node, 0xFFFF, value + 1L, 0xFFFF, -value);
          notes.append(done).append(' ');
        }
        case LOAD_COUNTER -> notes.append(memory.counter.get()).append(' ');
      }
    }
  }
}
