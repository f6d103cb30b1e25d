/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.util.Set;
import org.mm4j.MemoryFileFlag;

/** What mm-shmem gives to a kernel. */
@FunctionalInterface
public interface MemoryFileSource {
  /** Creates an empty memory file. */
  MappableFile create(String name, Set<MemoryFileFlag> flags);
}
