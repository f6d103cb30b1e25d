/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/**
 * Translations that have been removed and that processors may still use. Owned by one thread.
 *
 * <p>Entries are removed first, the batch is flushed second, frames are copied, freed or reused
 * third.
 */
public interface TlbBatch {
  /** Returns when no processor can use a translation removed under this batch. Holds any locks. */
  void flush();
}
