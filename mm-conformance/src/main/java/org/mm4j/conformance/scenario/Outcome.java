/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import java.util.Locale;
import org.mm4j.Errno;
import org.mm4j.FillOutcome;

/**
 * What a call answered, as text that is the same whoever answers it. The first word is its kind.
 *
 * @param text such as {@code ok}, {@code ok 0x1000}, {@code EBUSY}, {@code SIGBUS 2 0x1000}
 */
public record Outcome(String text) {
  /** The call waits; its result comes with a later answer. */
  public static final Outcome BLOCKED = new Outcome("blocked");

  /** The call succeeded. */
  public static final Outcome OK = new Outcome("ok");

  /** The address space of the caller is gone. */
  public static final Outcome GONE = new Outcome("gone");

  /** The call succeeded with a number. */
  public static Outcome ok(long value) {
    return new Outcome("ok 0x" + Long.toHexString(value));
  }

  /** The call succeeded with something that can be printed. */
  public static Outcome ok(String value) {
    return new Outcome("ok " + value);
  }

  /** The call was refused. */
  public static Outcome refused(Errno errno) {
    return new Outcome(errno.name());
  }

  /** The call was refused with an error number. */
  public static Outcome refused(long number) {
    for (Errno errno : Errno.values()) {
      if (errno.number() == number) {
        return refused(errno);
      }
    }
    return new Outcome("errno" + number);
  }

  /** The access raised a signal. */
  public static Outcome signal(int number, int code, long address) {
    String name =
        switch (number) {
          case 7 -> "SIGBUS";
          case 11 -> "SIGSEGV";
          default -> "signal" + number;
        };
    return new Outcome(String.format(Locale.ROOT, "%s %d 0x%x", name, code, address));
  }

  /** What became of a request to fill pages. */
  public static Outcome filled(FillOutcome outcome) {
    return switch (outcome) {
      case FillOutcome.Filled filled -> ok(filled.bytes());
      case FillOutcome.Retry retry -> retry(retry.bytesDone());
      case FillOutcome.AlreadyPresent present -> refused(Errno.EEXIST);
      case FillOutcome.NotRegistered foreign -> refused(Errno.ENOENT);
      case FillOutcome.Gone gone -> refused(Errno.ESRCH);
      case FillOutcome.OutOfRange outside -> refused(Errno.EFAULT);
    };
  }

  /** A request to fill pages that was done in part. */
  public static Outcome retry(long bytesDone) {
    return new Outcome("EAGAIN 0x" + Long.toHexString(bytesDone));
  }

  /** Returns whether the call succeeded. */
  public boolean isOk() {
    return text.equals("ok") || text.startsWith("ok ");
  }

  /** Returns whether the call waits. */
  public boolean isBlocked() {
    return equals(BLOCKED);
  }

  /** Returns its first word. */
  public String kind() {
    int space = text.indexOf(' ');
    return space < 0 ? text : text.substring(0, space);
  }

  @Override
  public String toString() {
    return text;
  }
}
