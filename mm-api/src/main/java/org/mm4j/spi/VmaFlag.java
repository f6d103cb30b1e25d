/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/**
 * Flags of a VMA ({@code VM_*}), bits of one shared word: changed in place under the mmap lock held
 * for writing, readable without it.
 */
public enum VmaFlag {
  /** Loads are permitted. */
  READ(0),
  /** Stores are permitted. */
  WRITE(1),
  /** Fetches are permitted. */
  EXECUTE(2),
  /** Stores go to the file. */
  SHARED(3),
  /** READ may be set. */
  MAY_READ(4),
  /** WRITE may be set; a VMA without it cannot be watched by a userfaultfd. */
  MAY_WRITE(5),
  /** EXECUTE may be set. */
  MAY_EXECUTE(6),
  /** MADV_HUGEPAGE was called. */
  HUGEPAGE(7),
  /** MADV_NOHUGEPAGE was called. */
  NOHUGEPAGE(8),
  /** A userfaultfd watches for missing pages. */
  UFFD_MISSING(9),
  /** A userfaultfd watches for stores. */
  UFFD_WP(10),
  /** A userfaultfd watches for pages the mapping does not have. */
  UFFD_MINOR(11);

  /** All bits that belong to a userfaultfd. */
  public static final long UFFD_BITS = UFFD_MISSING.bit() | UFFD_WP.bit() | UFFD_MINOR.bit();

  private final int position;

  VmaFlag(int position) {
    this.position = position;
  }

  /** Returns the bit of this flag in the word. */
  public long bit() {
    return 1L << position;
  }
}
