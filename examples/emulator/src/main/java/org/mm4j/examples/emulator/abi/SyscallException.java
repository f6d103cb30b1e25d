/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.abi;

/**
 * A system call is refused: the dispatcher turns it into a negative result. It carries no stack
 * trace, because refusing a call is ordinary.
 */
public final class SyscallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final LinuxErrno errno;

  /** Creates the refusal with one errno. */
  public SyscallException(LinuxErrno errno) {
    super(errno.name(), null, false, false);
    this.errno = errno;
  }

  /** Returns what the guest gets. */
  public LinuxErrno errno() {
    return errno;
  }
}
