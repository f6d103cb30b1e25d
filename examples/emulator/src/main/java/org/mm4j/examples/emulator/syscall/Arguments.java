/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.OpenFile;
import org.mm4j.examples.emulator.memory.UserMemory;
import org.mm4j.examples.emulator.process.GuestProcess;
import org.mm4j.examples.emulator.process.GuestThread;

/**
 * Who makes a call, and its arguments. Files it looks up stay open until the call is over, even if
 * another thread closes their descriptors meanwhile.
 */
final class Arguments implements AutoCloseable {
  private static final int A0 = 10;

  private final GuestThread thread;
  private final List<OpenFile> files = new ArrayList<>(1);

  Arguments(GuestThread thread) {
    this.thread = thread;
  }

  GuestThread thread() {
    return thread;
  }

  /** The file of a descriptor, or EBADF. */
  OpenFile file(int fd) {
    OpenFile file = findFile(fd);
    if (file == null) {
      throw new SyscallException(LinuxErrno.EBADF);
    }
    return file;
  }

  /** The file of a descriptor, or null. */
  @Nullable OpenFile findFile(int fd) {
    OpenFile file = process().files().borrow(fd);
    if (file != null) {
      files.add(file);
    }
    return file;
  }

  @Override
  public void close() {
    files.forEach(OpenFile::release);
  }

  /** An argument as the register holds it. */
  long get(int index) {
    return thread.hart().register(A0 + index);
  }

  /** An argument of C type int. */
  int getInt(int index) {
    return (int) get(index);
  }

  /** Two arguments: where something starts, and how long it is. */
  AddressRange range(int index) {
    return new AddressRange(get(index), get(index + 1));
  }

  GuestProcess process() {
    return thread.process();
  }

  UserMemory user() {
    return thread.process().memory().user();
  }
}
