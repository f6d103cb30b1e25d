/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32;

/** Bytes that follow from a value: different for different values, and along the way. */
final class Pattern {
  private static final int STRIDE = 512;
  private static final int GROWTH = 31;

  private Pattern() {}

  static MemorySegment fill(MemorySegment bytes, long value) {
    for (long at = 0; at < bytes.byteSize(); at += STRIDE) {
      long end = Math.min(at + STRIDE, bytes.byteSize());
      bytes.asSlice(at, end - at).fill((byte) (value + at / STRIDE * GROWTH));
    }
    return bytes;
  }

  /** Returns how many bytes there are and what they are, in short. */
  static String describe(MemorySegment bytes) {
    CRC32 digest = new CRC32();
    digest.update(bytes.asByteBuffer());
    boolean empty = bytes.byteSize() == 0;
    String first = empty ? "-" : Integer.toHexString(bytes.get(ValueLayout.JAVA_BYTE, 0) & 0xff);
    return "0x"
        + Long.toHexString(bytes.byteSize())
        + " bytes "
        + first
        + ".. "
        + Long.toHexString(digest.getValue());
  }
}
