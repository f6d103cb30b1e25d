/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;

/** A memory file that the simulated kernel can map. */
public interface MappableFile extends MemoryFile {
  /** Returns its memory. */
  Mapping mapping();

  /**
   * Refuses a mapping that the file does not permit, and returns the {@code MAY_*} bits of the
   * flags that it permits.
   *
   * @throws org.mm4j.MemoryException EPERM for a writable shared mapping of a write-sealed file
   */
  long permittedFlags(MapRequest request);
}
