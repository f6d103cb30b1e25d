/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import org.mm4j.MemorySystem;
import org.mm4j.NativeMemoryProvider;

/** What {@link MemorySystem#linux()} finds; called by {@link java.util.ServiceLoader}. */
public final class RunningKernelProvider implements NativeMemoryProvider {
  /** For the service loader. */
  public RunningKernelProvider() {}

  @Override
  public MemorySystem open() {
    return LinuxMemory.open();
  }
}
