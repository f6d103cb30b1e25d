/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/** Resolves faults, for example of an emulator's device memory. */
@FunctionalInterface
public interface FaultHandler {
  /**
   * Resolves a fault. The mmap lock is held for reading; a handler never sleeps: to wait, it
   * returns {@link FaultOutcome.Wait}.
   */
  FaultOutcome fault(PageFault fault);
}
