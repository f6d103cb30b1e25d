/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** What a memory file forbids for ever ({@code F_SEAL_*}). */
public enum Seal {
  /** No further seals. */
  SEAL(0x1),
  /** The file does not shrink. */
  SHRINK(0x2),
  /** The file does not grow. */
  GROW(0x4),
  /** The content does not change. */
  WRITE(0x8),
  /** The content does not change, except through mappings that exist. */
  FUTURE_WRITE(0x10);

  private final int bit;

  Seal(int bit) {
    this.bit = bit;
  }

  /** Returns Linux's bit. */
  public int bit() {
    return bit;
  }
}
