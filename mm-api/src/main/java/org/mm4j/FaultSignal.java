/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** Why an access cannot be resolved: Linux's signal and its {@code si_code}. */
public enum FaultSignal {
  /** SIGSEGV: nothing is mapped there. */
  SEGV_MAPERR(11, 1),
  /** SIGSEGV: the mapping does not permit this access. */
  SEGV_ACCERR(11, 2),
  /** SIGBUS: the address is not aligned for an atomic access. */
  BUS_ADRALN(7, 1),
  /** SIGBUS: beyond the end of the file, no memory left for the page, or a poisoned page. */
  BUS_ADRERR(7, 2);

  private final int signal;
  private final int code;

  FaultSignal(int signal, int code) {
    this.signal = signal;
    this.code = code;
  }

  /** Returns the signal number: 11 for SIGSEGV, 7 for SIGBUS. */
  public int signal() {
    return signal;
  }

  /** Returns {@code si_code}. */
  public int code() {
    return code;
  }
}
