/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mm4j.CollapseStatistics;
import org.mm4j.MappingView;
import org.mm4j.MemoryStatistics;
import org.mm4j.examples.emulator.process.CrashReport;
import org.mm4j.examples.emulator.process.ExitStatus;

/**
 * How a run went.
 *
 * @param status how the guest ended
 * @param crash what it looked like then, if a fault or a signal that leaves a core dump ended it
 * @param nanos how long it ran
 * @param instructions how many instructions it executed
 * @param userfaultMessages how many userfaultfd messages it read
 * @param unknownCalls how often it made each system call that is not there
 * @param memory the kernel's figures at the end
 * @param collapses khugepaged's figures at the end
 * @param mappings what was mapped at the end
 */
public record RunResult(
    ExitStatus status,
    @Nullable CrashReport crash,
    long nanos,
    long instructions,
    long userfaultMessages,
    Map<Long, Long> unknownCalls,
    MemoryStatistics memory,
    CollapseStatistics collapses,
    List<MappingView> mappings) {
  /** Copies the collections. */
  public RunResult {
    unknownCalls = Map.copyOf(unknownCalls);
    mappings = List.copyOf(mappings);
  }

  /** Returns instructions per microsecond: MIPS. */
  public double mips() {
    return nanos == 0 ? 0 : instructions * 1e3 / nanos;
  }
}
