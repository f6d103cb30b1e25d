/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/**
 * A visible operation that was performed.
 *
 * @param number its number in the run, from 0
 * @param task the index of the task in {@link Run#tasks}
 * @param kind what was done
 * @param object what it was done to (the owner of a field, an array, a lock), or the task if there
 *     is nothing
 * @param index the index of the element or the frame number, or -1
 */
public record Step(int number, int task, Kind kind, Object object, long index) {
  /** Kinds of steps. */
  public enum Kind {
    /** A load. */
    LOAD("load"),
    /** A store, under TSO into the buffer. */
    STORE("store"),
    /** The oldest store of a task's buffer reaches memory. */
    FLUSH("flush"),
    /** A compare-and-set, or another read-modify-write operation. */
    UPDATE("update"),
    /** An addition whose result nobody looks at. */
    ADD("add"),
    /** A lock was acquired, exclusively. */
    ACQUIRE("lock"),
    /** A lock was acquired for reading. */
    ACQUIRE_SHARED("lock shared"),
    /** A lock was tried. */
    TRY("try lock"),
    /** A lock was tried for reading. */
    TRY_SHARED("try lock shared"),
    /** A lock was released. */
    RELEASE("unlock"),
    /** A lock held for reading was released. */
    RELEASE_SHARED("unlock shared"),
    /** A full fence. */
    FENCE("full fence"),
    /** A lock-free operation begins again. */
    RETRY("retry"),
    /** A waiter was woken and its task goes on. */
    WAIT("wait"),
    /** A wait queue was changed. */
    QUEUE("wait queue"),
    /** The content of a frame was read. */
    READ_CONTENT("read content"),
    /** The content of a frame was changed. */
    WRITE_CONTENT("write content");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** Returns a number that is the same in every process. */
    int code() {
      return text.hashCode();
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
