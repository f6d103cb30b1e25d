/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.lang.foreign.MemorySegment;

/** {@code /dev/null}. */
final class NullFile extends OpenFile {
  NullFile(int flags) {
    super(flags);
  }

  @Override
  public int read(MemorySegment to) {
    return 0;
  }

  @Override
  public int write(MemorySegment from) {
    return (int) from.byteSize();
  }

  @Override
  public FileStatus status() {
    return FileStatus.of(FileStatus.CHARACTER_DEVICE, 0, NullFile.class);
  }
}
