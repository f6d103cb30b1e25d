/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.FileStatus;
import org.mm4j.examples.emulator.file.FileTree;
import org.mm4j.examples.emulator.file.OpenFile;

/** Files by name: openat, stat and its kin, readlinkat, faccessat, getcwd. Nothing is written. */
final class PathSyscalls {
  private static final int MAX_PATH = 4096;
  private static final int EMPTY_PATH = 0x1000;
  private static final int MAY_WRITE = 2;

  private PathSyscalls() {}

  static void register(SyscallTable table) {
    table.add(17, PathSyscalls::getcwd);
    table.add(48, PathSyscalls::access);
    table.add(439, PathSyscalls::access);
    table.add(56, PathSyscalls::openat);
    table.add(78, PathSyscalls::readlinkat);
    table.add(79, PathSyscalls::newfstatat);
    table.add(80, PathSyscalls::fstat);
    table.add(291, PathSyscalls::statx);
  }

  private static FileTree tree(Arguments a) {
    return a.process().tree();
  }

  private static @Nullable OpenFile base(Arguments a) {
    int fd = a.getInt(0);
    return fd == FileTree.CURRENT_DIRECTORY ? null : a.file(fd);
  }

  private static String name(Arguments a) {
    return a.user().readString(a.get(1), MAX_PATH);
  }

  /** An absolute name needs no descriptor, so a bad one does not matter. */
  private static String path(Arguments a) {
    String name = name(a);
    return tree(a).absolute(name.startsWith("/") ? null : base(a), name);
  }

  private static long openat(Arguments a) {
    int flags = a.getInt(2);
    OpenFile file = tree(a).open(path(a), flags);
    return a.process().files().add(file, (flags & OpenFile.CLOEXEC) != 0);
  }

  private static long access(Arguments a) {
    tree(a).status(path(a));
    if ((a.getInt(2) & MAY_WRITE) != 0) {
      throw new SyscallException(LinuxErrno.EROFS);
    }
    return 0;
  }

  private static long getcwd(Arguments a) {
    byte[] name = tree(a).directory().getBytes(StandardCharsets.UTF_8);
    if (a.get(1) <= name.length) {
      throw new SyscallException(LinuxErrno.ERANGE);
    }
    a.user().writeBytes(a.get(0), Arrays.copyOf(name, name.length + 1));
    return name.length + 1L;
  }

  private static long readlinkat(Arguments a) {
    int capacity = a.getInt(3);
    if (capacity <= 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    byte[] target = tree(a).readLink(path(a)).getBytes(StandardCharsets.UTF_8);
    byte[] shown = Arrays.copyOf(target, Math.min(target.length, capacity));
    a.user().writeBytes(a.get(2), shown);
    return shown.length;
  }

  private static long newfstatat(Arguments a) {
    StatLayout.stat(statusOf(a, a.getInt(3))).write(a.user(), a.get(2));
    return 0;
  }

  private static long fstat(Arguments a) {
    FileStatus status = a.file(a.getInt(0)).status();
    StatLayout.stat(status).write(a.user(), a.get(1));
    return 0;
  }

  private static long statx(Arguments a) {
    StatLayout.statx(statusOf(a, a.getInt(2))).write(a.user(), a.get(4));
    return 0;
  }

  private static FileStatus statusOf(Arguments a, int flags) {
    if ((flags & EMPTY_PATH) != 0 && (a.get(1) == 0 || name(a).isEmpty())) {
      OpenFile file = base(a);
      return file == null ? tree(a).status(tree(a).directory()) : file.status();
    }
    return tree(a).status(path(a));
  }
}
