/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.util.List;
import org.mm4j.Extension;

/** The simulated kernel as a feature sees it while it is installed, and afterwards. Thread-safe. */
public interface Kernel {
  /** Returns the settings. */
  KernelSettings settings();

  /** Returns where folios come from. */
  FolioAllocator folios();

  /** Returns an empty batch of removed translations for the calling thread. */
  TlbBatch newTlbBatch();

  /** Returns the extensions of a type that were given to the builder, in their order. */
  <T extends Extension> List<T> extensions(Class<T> type);

  /**
   * Registers the source of userfaultfds.
   *
   * @throws IllegalStateException if there is one already
   */
  void provideUserfaultfd(UserfaultfdSource source);

  /**
   * Registers the source of memory files.
   *
   * @throws IllegalStateException if there is one already
   */
  void provideMemoryFiles(MemoryFileSource source);

  /**
   * Registers khugepaged; the kernel closes it.
   *
   * @throws IllegalStateException if there is one already
   */
  void provideCollapse(CollapseService service);
}
