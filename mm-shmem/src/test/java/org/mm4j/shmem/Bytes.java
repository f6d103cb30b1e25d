/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.function.Executable;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;

/** Shorthands of the tests in this package. */
final class Bytes {
  static final int PAGE = Pages.SIZE_BYTES;

  private Bytes() {}

  static MemorySegment filled(int value, int lengthBytes) {
    byte[] bytes = new byte[lengthBytes];
    Arrays.fill(bytes, (byte) value);
    return MemorySegment.ofArray(bytes);
  }

  static int write(ShmemFile file, long offset, int value, int lengthBytes) {
    return file.write(offset, filled(value, lengthBytes));
  }

  static byte[] read(ShmemFile file, long offset, int lengthBytes) {
    byte[] bytes = new byte[lengthBytes];
    int count = file.read(offset, MemorySegment.ofArray(bytes));
    return Arrays.copyOf(bytes, count);
  }

  static byte at(ShmemFile file, long offset) {
    return read(file, offset, 1)[0];
  }

  static long pages(ShmemFile file) {
    return file.blocks() / 8;
  }

  static MemoryException assertErrno(Errno errno, Executable call) {
    MemoryException thrown = assertThrows(MemoryException.class, call);
    assertEquals(errno, thrown.errno(), thrown.getMessage());
    return thrown;
  }
}
