/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A memory file that a child process opens by its path below {@code /proc}. Nothing on disk:
 * nothing to clean up after a kill, and no mount option that forbids execution.
 */
final class InheritedFile implements AutoCloseable {
  private static final long NR_CLOSE = 3;
  private static final long NR_MEMFD_CREATE = 319;
  private static final long MFD_CLOEXEC = 1;
  private static final long MFD_EXEC = 0x10;
  private static final long EINVAL = -22;

  private final NativeCall calls;
  private final long number;

  private InheritedFile(NativeCall calls, long number) {
    this.calls = calls;
    this.number = number;
  }

  /**
   * Creates one.
   *
   * @throws IOException if the kernel refuses, a setting that forbids executable ones included
   */
  static InheritedFile create(NativeCall calls, String name, boolean executable)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      long flags = executable ? MFD_CLOEXEC | MFD_EXEC : MFD_CLOEXEC;
      long number = calls.call(text, NR_MEMFD_CREATE, text.address(), flags, 0);
      if (number == EINVAL && executable) { // before Linux 6.3 every one is executable
        number = calls.call(text, NR_MEMFD_CREATE, text.address(), MFD_CLOEXEC, 0);
      }
      if (number < 0) {
        throw new IOException("memfd_create answers errno " + -number + " (vm.memfd_noexec?)");
      }
      return new InheritedFile(calls, number);
    }
  }

  /** Returns the path by which another process of this user opens it, while this one is open. */
  Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + number);
  }

  FileChannel open() throws IOException {
    return FileChannel.open(path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public void close() {
    calls.call(NR_CLOSE, number);
  }
}
