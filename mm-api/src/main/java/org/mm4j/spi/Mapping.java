/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.sync.SharedLock;

/**
 * The memory of one file (Linux: {@code address_space}): its pages, who maps it, and what differs
 * between kinds of files.
 */
public interface Mapping {
  /** Returns the name of the file, for people. */
  String name();

  /** Returns its pages. */
  PageCache pageCache();

  /** Returns who maps it. */
  ReverseMap reverseMap();

  /** Returns what its kind of file does in its own way. */
  MappingOperations operations();

  /**
   * Returns the lock that faults hold shared and truncation and hole punching hold exclusively, so
   * that no page comes back into a range that is being emptied. Rank INVALIDATE.
   */
  SharedLock invalidateLock();

  /**
   * Keeps the file's pages until {@link #letGo}, whoever closes and unmaps it meanwhile ({@code
   * get_file}). The caller knows that the file is used: it holds the mmap lock, and a VMA of that
   * address space maps the file.
   */
  void hold();

  /**
   * Ends a {@link #hold}. The last user's may free the pages, which takes folio locks and what is
   * inside of them; no lock of rank FOLIO or inside of it is held.
   */
  void letGo();
}
