/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.util.List;
import java.util.Set;
import org.mm4j.MemoryFileFlag;

/** What mm-shmem gives to a kernel. */
@FunctionalInterface
public interface MemoryFileSource {
  /** Creates an empty memory file. */
  MappableFile create(String name, Set<MemoryFileFlag> flags);

  /**
   * Returns the books of every memory file that exists or is mapped, in order of creation.
   * Consistent only while nothing runs.
   */
  default List<MemoryAudit.FileBook> audit() {
    return List.of();
  }
}
