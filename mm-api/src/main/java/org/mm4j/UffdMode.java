/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** What a registration watches ({@code UFFDIO_REGISTER_MODE_*}). */
public enum UffdMode {
  /** Accesses to pages that are not there. */
  MISSING(1),
  /** Stores to write-protected pages. */
  WRITE_PROTECT(2),
  /** Accesses to pages that the file has but the mapping does not. */
  MINOR(4);

  private final int bit;

  UffdMode(int bit) {
    this.bit = bit;
  }

  /** Returns Linux's bit. */
  public int bit() {
    return bit;
  }
}
