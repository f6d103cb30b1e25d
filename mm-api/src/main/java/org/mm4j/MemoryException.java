/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.util.Locale;

/**
 * A call was refused: the errno that Linux answers, the call, and the value that was at fault. The
 * state is as it was before the call, except where the call's documentation says otherwise.
 */
public final class MemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;
  private final String call;
  private final long offendingValue;

  /**
   * Creates an exception.
   *
   * @param errno what Linux answers
   * @param call the call, such as {@code "mmap"}
   * @param offendingValue the argument or address at fault
   * @param reason one sentence that says what is wrong with it
   */
  public MemoryException(Errno errno, String call, long offendingValue, String reason) {
    super(
        String.format(Locale.ROOT, "%s: %s (%s, value 0x%x)", call, reason, errno, offendingValue));
    this.errno = errno;
    this.call = call;
    this.offendingValue = offendingValue;
  }

  /** Returns the error that Linux answers. */
  public Errno errno() {
    return errno;
  }

  /** Returns the call that was refused. */
  public String call() {
    return call;
  }

  /** Returns the argument or address at fault. */
  public long offendingValue() {
    return offendingValue;
  }
}
