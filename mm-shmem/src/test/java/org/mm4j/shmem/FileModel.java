/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.util.Arrays;
import java.util.OptionalLong;

/** What a memory file must look like: a byte array, and for each page what is there. */
final class FileModel {
  enum State {
    HOLE,
    FALLOCATED,
    DATA
  }

  private static final int PAGE = Bytes.PAGE;

  final byte[] bytes;
  final State[] states;
  private final int hugePages;
  int size;

  FileModel(int pageCount, int hugePages) {
    bytes = new byte[pageCount * PAGE];
    states = new State[pageCount];
    this.hugePages = hugePages;
    Arrays.fill(states, State.HOLE);
  }

  private static int pageAfter(int offset) {
    return (offset + PAGE - 1) / PAGE;
  }

  void write(int offset, byte[] from) {
    if (from.length == 0) {
      return;
    }
    System.arraycopy(from, 0, bytes, offset, from.length);
    Arrays.fill(states, offset / PAGE, pageAfter(offset + from.length), State.DATA);
    size = Math.max(size, offset + from.length);
  }

  void truncate(int newSize) {
    if (newSize < size) {
      Arrays.fill(bytes, newSize, bytes.length, (byte) 0);
      Arrays.fill(states, pageAfter(newSize), states.length, State.HOLE);
    }
    size = newSize;
  }

  void allocate(int offset, int length) {
    for (int page = offset / PAGE; page < pageAfter(offset + length); page++) {
      states[page] = states[page] == State.HOLE ? State.FALLOCATED : State.DATA;
    }
    size = Math.max(size, offset + length);
  }

  void punch(int offset, int length) {
    Arrays.fill(bytes, offset, offset + length, (byte) 0);
    int first = pageAfter(offset);
    int end = (offset + length) / PAGE;
    if (first < end) {
      Arrays.fill(states, first, end, State.HOLE);
    }
  }

  /** Whether a collapse finds a page in the huge-page-sized range, and the range in the file. */
  boolean canCollapse(int start) {
    for (int page = start; page < start + hugePages; page++) {
      if (states[page] != State.HOLE) {
        return start + hugePages <= pageAfter(size);
      }
    }
    return false;
  }

  void collapse(int start) {
    Arrays.fill(states, start, start + hugePages, State.DATA);
  }

  long blocks() {
    return 8 * Arrays.stream(states).filter(state -> state != State.HOLE).count();
  }

  OptionalLong seek(int offset, boolean data) {
    if (offset >= size) {
      return OptionalLong.empty();
    }
    for (int page = offset / PAGE; page < pageAfter(size); page++) {
      if ((states[page] == State.DATA) == data) {
        return OptionalLong.of(Math.max(offset, page * PAGE));
      }
    }
    return data ? OptionalLong.empty() : OptionalLong.of(size);
  }
}
