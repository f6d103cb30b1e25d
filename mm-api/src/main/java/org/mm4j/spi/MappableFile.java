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

  /**
   * As {@link #permittedFlags}, and from now on until {@link #endMapping} that stays true: the file
   * lives, and no seal is added that the mapping would break. No lock is held; if it throws,
   * nothing has begun.
   *
   * @throws org.mm4j.MemoryException as {@link #permittedFlags} does
   * @throws IllegalStateException if the file is closed
   */
  default long beginMapping(MapRequest request) {
    return permittedFlags(request);
  }

  /**
   * Ends what {@link #beginMapping} began: the VMA is there and speaks for itself, or it will not
   * come. No lock is held.
   *
   * @param permitted what {@link #beginMapping} answered
   */
  default void endMapping(MapRequest request, long permitted) {}
}
