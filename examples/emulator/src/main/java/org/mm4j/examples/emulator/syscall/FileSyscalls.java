/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import org.mm4j.Seal;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.FileTable;
import org.mm4j.examples.emulator.file.OpenFile;
import org.mm4j.examples.emulator.file.OpenMemoryFile;
import org.mm4j.examples.emulator.file.OpenUserfaultfd;
import org.mm4j.examples.emulator.file.Pipe;
import org.mm4j.examples.emulator.memory.Struct;

/** Descriptors: dup, fcntl, close, lseek, pipe2, ioctl. */
final class FileSyscalls {
  private static final int DUPFD = 0;
  private static final int GETFD = 1;
  private static final int SETFD = 2;
  private static final int GETFL = 3;
  private static final int SETFL = 4;
  private static final int DUPFD_CLOEXEC = 1030;
  private static final int ADD_SEALS = 1033;
  private static final int GET_SEALS = 1034;
  private static final int LARGE_FILE = 0x8000;

  private FileSyscalls() {}

  static void register(SyscallTable table) {
    table.add(23, a -> files(a).add(file(a), false));
    table.add(24, FileSyscalls::dup3);
    table.add(25, FileSyscalls::fcntl);
    table.add(29, FileSyscalls::ioctl);
    table.add(57, FileSyscalls::close);
    table.add(59, FileSyscalls::pipe2);
    table.add(62, a -> file(a).seek(a.get(1), a.getInt(2)));
    table.add(82, FileSyscalls::sync);
    table.add(83, FileSyscalls::sync);
    table.add(436, FileSyscalls::closeRange);
  }

  private static FileTable files(Arguments a) {
    return a.process().files();
  }

  private static OpenFile file(Arguments a) {
    return a.file(a.getInt(0));
  }

  private static long dup3(Arguments a) {
    int to = a.getInt(1);
    int flags = a.getInt(2);
    if (a.getInt(0) == to || (flags & ~OpenFile.CLOEXEC) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    files(a).put(to, file(a), flags != 0);
    return to;
  }

  private static long fcntl(Arguments a) {
    int fd = a.getInt(0);
    OpenFile file = file(a);
    int argument = a.getInt(2);
    switch (a.getInt(1)) {
      case DUPFD, DUPFD_CLOEXEC -> {
        if (argument < 0 || argument >= FileTable.MAX_DESCRIPTORS) {
          throw new SyscallException(LinuxErrno.EINVAL);
        }
        return files(a).add(file, a.getInt(1) == DUPFD_CLOEXEC, argument);
      }
      case GETFD -> {
        return files(a).closesOnExec(fd) ? 1 : 0;
      }
      case SETFD -> files(a).setClosesOnExec(fd, (argument & 1) != 0);
      case GETFL -> {
        return file.flags() | LARGE_FILE;
      }
      case SETFL -> file.setFlags(argument);
      case ADD_SEALS -> Seals.add(memoryFile(file).file(), argument);
      case GET_SEALS -> {
        return memoryFile(file).file().seals().stream().mapToInt(Seal::bit).sum();
      }
      default -> throw new SyscallException(LinuxErrno.EINVAL);
    }
    return 0;
  }

  private static OpenMemoryFile memoryFile(OpenFile file) {
    if (file instanceof OpenMemoryFile memoryFile) {
      return memoryFile;
    }
    throw new SyscallException(LinuxErrno.EINVAL);
  }

  private static long ioctl(Arguments a) {
    OpenFile file = file(a);
    if (file instanceof OpenUserfaultfd userfaultfd) {
      return UserfaultIoctls.control(a.user(), userfaultfd.userfaultfd(), a.getInt(1), a.get(2));
    }
    throw new SyscallException(LinuxErrno.ENOTTY); // TCGETS above all: nothing is a terminal
  }

  private static long close(Arguments a) {
    files(a).close(a.getInt(0));
    return 0;
  }

  private static long closeRange(Arguments a) {
    long first = a.get(0) & 0xffff_ffffL;
    long last = a.get(1) & 0xffff_ffffL;
    if (first > last || a.getInt(2) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    int most = FileTable.MAX_DESCRIPTORS - 1;
    if (first <= most) {
      files(a).closeRange((int) first, (int) Math.min(last, most));
    }
    return 0;
  }

  private static long pipe2(Arguments a) {
    int flags = a.getInt(1);
    if ((flags & ~(OpenFile.CLOEXEC | OpenFile.NONBLOCK)) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    Pipe pipe = new Pipe();
    boolean closesOnExec = (flags & OpenFile.CLOEXEC) != 0;
    int readFd = files(a).add(pipe.readEnd(flags), closesOnExec);
    int writeFd = -1;
    boolean isTold = false;
    try {
      writeFd = files(a).add(pipe.writeEnd(flags), closesOnExec);
      new Struct(2 * Integer.BYTES)
          .setInt(0, readFd)
          .setInt(Integer.BYTES, writeFd)
          .write(a.user(), a.get(0));
      isTold = true;
    } finally {
      if (!isTold) { // nobody knows the descriptors
        files(a).close(readFd);
        if (writeFd >= 0) {
          files(a).close(writeFd);
        }
      }
    }
    return 0;
  }

  private static long sync(Arguments a) {
    file(a);
    return 0;
  }
}
