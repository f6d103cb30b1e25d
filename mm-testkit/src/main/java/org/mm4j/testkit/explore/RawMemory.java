/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** How a cell is read and written in memory: element or field, reference or word. */
enum RawMemory {
  /** An element of an {@code Object[]}. */
  SLOT(false),
  /** An element of a {@code long[]}. */
  ELEMENT(true),
  /** A reference field. */
  REFERENCE(false),
  /** A {@code long} field. */
  WORD(true);

  private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  private final boolean word;

  RawMemory(boolean word) {
    this.word = word;
  }

  boolean isWord() {
    return word;
  }

  long word(Cell cell) {
    return this == WORD
        ? (long) handle(cell).getAcquire(cell.owner)
        : (long) WORDS.getAcquire((long[]) cell.owner, (int) cell.index);
  }

  void setWord(Cell cell, long value) {
    if (this == WORD) {
      handle(cell).setRelease(cell.owner, value);
    } else {
      WORDS.setRelease((long[]) cell.owner, (int) cell.index, value);
    }
  }

  @Nullable Object reference(Cell cell) {
    return this == REFERENCE
        ? (Object) handle(cell).getAcquire(cell.owner)
        : SLOTS.getAcquire((Object[]) cell.owner, (int) cell.index);
  }

  void setReference(Cell cell, @Nullable Object value) {
    if (this == REFERENCE) {
      handle(cell).setRelease(cell.owner, value);
    } else {
      SLOTS.setRelease((Object[]) cell.owner, (int) cell.index, value);
    }
  }

  private static VarHandle handle(Cell cell) {
    if (cell.field instanceof VarHandle handle) {
      return handle;
    }
    throw new IllegalStateException("cell " + cell.id + " is no field");
  }
}
