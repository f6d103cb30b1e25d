/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The stores of a task that the others cannot see yet, oldest first. */
final class StoreBuffer {
  /** A store. */
  static final class Entry {
    private final Cell cell;
    private final RawMemory memory;
    private final @Nullable Object value;
    private final long word;
    private final boolean clears;
    private final int access;
    private final int[] clock;
    private final boolean step;

    /** How many stores that nobody else sees came after it and would reach memory with it. */
    private int followers;

    /**
     * Makes a store.
     *
     * @param cell where to
     * @param memory how to get there
     * @param value a reference, if one is stored
     * @param word the word that is stored, or the bits that are cleared
     * @param access the kind of access, {@link Access#STORE} or a release, which clears bits
     * @param clock what its task knew
     * @param step whether reaching memory is a step also if only shared cells count
     */
    Entry(
        Cell cell,
        RawMemory memory,
        @Nullable Object value,
        long word,
        int access,
        int[] clock,
        boolean step) {
      this.cell = cell;
      this.memory = memory;
      this.value = value;
      this.word = word;
      this.clears = Access.isRelease(access);
      this.access = access;
      this.clock = clock;
      this.step = step;
    }

    Cell cell() {
      return cell;
    }

    int access() {
      return access;
    }

    int[] clock() {
      return clock;
    }

    boolean step() {
      return step;
    }

    int followers() {
      return followers;
    }

    /** Lets the store reach memory. */
    void apply() {
      if (memory.isWord()) {
        memory.setWord(cell, clears ? memory.word(cell) & ~word : word);
      } else {
        memory.setReference(cell, value);
      }
    }
  }

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();

  int size() {
    return entries.size();
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  /** Returns the oldest store; the buffer is not empty. */
  Entry first() {
    return entries.getFirst();
  }

  /** Notes a store that nobody else sees; the buffer is not empty. */
  void follow() {
    entries.getLast().followers++;
  }

  Entry removeFirst() {
    return entries.removeFirst();
  }

  /** Returns whether a store to the cell is in it. */
  boolean contains(Cell cell) {
    for (Entry entry : entries) {
      if (entry.cell.equals(cell)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the word as its own task sees it. */
  long word(Cell cell, long memory) {
    long word = memory;
    for (Entry entry : entries) {
      if (entry.cell.equals(cell)) {
        word = entry.clears ? word & ~entry.word : entry.word;
      }
    }
    return word;
  }

  /** Returns the reference as its own task sees it; a store to the cell is in the buffer. */
  @Nullable Object reference(Cell cell) {
    Iterator<Entry> newestFirst = entries.descendingIterator();
    while (newestFirst.hasNext()) {
      Entry entry = newestFirst.next();
      if (entry.cell.equals(cell)) {
        return entry.value;
      }
    }
    throw new IllegalStateException("no store to the cell is buffered");
  }
}
