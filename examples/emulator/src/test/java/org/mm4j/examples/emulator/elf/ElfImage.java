/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** A small valid program file, with a place for each defect. */
public final class ElfImage {
  public static final int HEADERS = 64;
  static final int CODE_OFFSET = 0x1000;
  static final long CODE_ADDRESS = 0x1_1000;
  public static final int DATA_OFFSET = 0x2000;
  public static final long DATA_ADDRESS = 0x1_3000;
  static final int FILE_BYTES = 0x2100;

  private ElfImage() {}

  /** A file with one defect, or none. */
  public static byte[] with(Consumer<ByteBuffer> defect) {
    ByteBuffer file = ByteBuffer.allocate(FILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    file.putShort(16, (short) 2).putShort(18, (short) 243).putInt(20, 1);
    file.putLong(24, CODE_ADDRESS).putLong(32, HEADERS);
    file.putShort(54, (short) 56).putShort(56, (short) 2);
    segment(file, 0, 5, CODE_OFFSET, CODE_ADDRESS, 0x100, 0x100);
    segment(file, 1, 6, DATA_OFFSET, DATA_ADDRESS, 0x100, 0x2000);
    defect.accept(file);
    return file.array();
  }

  /** A file whose code is these instructions. */
  public static byte[] running(int... instructions) {
    return with(
        file -> {
          for (int i = 0; i < instructions.length; i++) {
            file.putInt(CODE_OFFSET + i * Integer.BYTES, instructions[i]);
          }
        });
  }

  private static void segment(
      ByteBuffer file, int index, int flags, long offset, long address, long size, long memory) {
    int at = header(index);
    file.putInt(at, 1).putInt(at + 4, flags).putLong(at + 8, offset);
    file.putLong(at + 16, address).putLong(at + 24, address);
    file.putLong(at + 32, size).putLong(at + 40, memory).putLong(at + 48, 4096);
  }

  static int header(int index) {
    return HEADERS + index * 56;
  }
}
