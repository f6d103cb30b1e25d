/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.util.Locale;

/**
 * A load, store or fetch of a {@link GuestCpu} that cannot be resolved: where Linux would send
 * SIGSEGV or SIGBUS. Nothing was stored. It carries no stack trace, because an emulator turns it
 * into a signal.
 */
public final class MemoryAccessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FaultSignal signal;
  private final long address;
  private final Access access;

  /**
   * Creates an exception.
   *
   * @param signal why the access cannot be resolved
   * @param address the exact address of the access
   * @param access what was tried
   */
  public MemoryAccessException(FaultSignal signal, long address, Access access) {
    super(
        String.format(Locale.ROOT, "%s: %s at 0x%x", signal, access, address), null, false, false);
    this.signal = signal;
    this.address = address;
    this.access = access;
  }

  /** Returns why the access cannot be resolved. */
  public FaultSignal signal() {
    return signal;
  }

  /** Returns the exact address of the access. */
  public long address() {
    return address;
  }

  /** Returns what was tried. */
  public Access access() {
    return access;
  }
}
