/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** A directory of the host: a place to open others from. */
final class OpenDirectory extends OpenFile {
  private final Path hostPath;
  private final String guestPath;

  OpenDirectory(Path hostPath, String guestPath, int flags) {
    super(flags);
    this.hostPath = hostPath;
    this.guestPath = guestPath;
  }

  String guestPath() {
    return guestPath;
  }

  @Override
  public int read(MemorySegment to) {
    throw new SyscallException(LinuxErrno.EISDIR);
  }

  @Override
  public FileStatus status() {
    return OpenHostFile.statusOf(hostPath);
  }
}
