/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import org.mm4j.Pages;
import org.mm4j.examples.emulator.file.FileStatus;
import org.mm4j.examples.emulator.memory.Struct;

/** {@code struct stat} and {@code struct statx} of riscv64. */
final class StatLayout {
  private static final int STAT_BYTES = 128;
  private static final int STATX_BYTES = 256;
  private static final int BASIC_STATS = 0x7ff;

  private StatLayout() {}

  static Struct stat(FileStatus status) {
    Struct stat = new Struct(STAT_BYTES);
    stat.setLong(0, 1).setLong(8, status.inode()).setInt(16, status.mode()).setInt(20, 1);
    stat.setLong(48, status.sizeBytes()).setInt(56, Pages.SIZE_BYTES).setLong(64, status.blocks());
    for (int time = 72; time <= 104; time += 16) {
      stat.setLong(time, status.modifiedSeconds());
    }
    return stat;
  }

  static Struct statx(FileStatus status) {
    Struct statx = new Struct(STATX_BYTES);
    statx.setInt(0, BASIC_STATS).setInt(4, Pages.SIZE_BYTES).setInt(16, 1);
    statx.setShort(28, status.mode()).setLong(32, status.inode());
    statx.setLong(40, status.sizeBytes()).setLong(48, status.blocks());
    statx.setLong(64, status.modifiedSeconds());
    statx.setLong(96, status.modifiedSeconds()).setLong(112, status.modifiedSeconds());
    return statx.setInt(140, 1);
  }
}
