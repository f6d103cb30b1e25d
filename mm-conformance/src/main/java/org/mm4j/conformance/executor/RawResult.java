/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

/** How a request to a lane ended. */
public sealed interface RawResult {
  /**
   * It returned.
   *
   * @param value what the kernel returned, a negative errno included; of a load the value, of a
   *     copy the bytes copied, of a store 0
   */
  record Returned(long value) implements RawResult {
    /** Returns whether the kernel refused; true for the results −4095 to −1. */
    public boolean isRefused() {
      return value < 0 && value >= -4095;
    }

    /** Returns the errno's number, or 0 if the kernel did not refuse. */
    public int errno() {
      return isRefused() ? (int) -value : 0;
    }
  }

  /**
   * An access to memory was answered by a signal. The lane has survived it.
   *
   * @param signal 11 for SIGSEGV, 7 for SIGBUS
   * @param code {@code si_code}: 1 SEGV_MAPERR, 2 SEGV_ACCERR; 2 BUS_ADRERR, 4 BUS_MCEERR_AR, ...
   * @param address {@code si_addr}
   * @param bytesDone how much of a copy was done before
   */
  record Signalled(int signal, int code, long address, long bytesDone) implements RawResult {
    /** The number of SIGSEGV. */
    public static final int SIGSEGV = 11;

    /** The number of SIGBUS. */
    public static final int SIGBUS = 7;
  }

  /**
   * The process, or this lane of it, is no more.
   *
   * @param how what is known about its end
   */
  record Ended(String how) implements RawResult {}
}
