/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.MappingView;

/**
 * What a process looked like when a signal ended it.
 *
 * @param signal the signal
 * @param code its si_code
 * @param address the address of the access, or of the instruction
 * @param access what was tried, or null if it was not an access
 * @param sender the thread that sent it, or 0 if it was a fault
 * @param thread the thread it happened in
 * @param pc where it was
 * @param instruction the instruction as text
 * @param registers all registers as text
 * @param mappings everything that was mapped
 */
public record CrashReport(
    int signal,
    int code,
    long address,
    @Nullable Access access,
    int sender,
    int thread,
    long pc,
    String instruction,
    String registers,
    List<MappingView> mappings) {
  /** Copies the list. */
  public CrashReport {
    mappings = List.copyOf(mappings);
  }
}
