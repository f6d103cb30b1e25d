/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

/**
 * What the slots of a multi-index entry hold behind its first, the canonical one.
 *
 * <p>Every store makes its own, which all its sibling slots share. A reader that finds the very
 * same object in a slot before and after it looked at the canonical slot therefore knows that
 * nobody stored to its slot in between, so what it found there belongs to its index. (Linux encodes
 * the offset in the pointer, and leaves that check to the callers.)
 */
final class Sibling {
  private final int canonicalSlot;

  Sibling(int canonicalSlot) {
    this.canonicalSlot = canonicalSlot;
  }

  /** Returns the slot of the same node that holds the entry. */
  int canonicalSlot() {
    return canonicalSlot;
  }

  @Override
  public String toString() {
    return "sibling of slot " + canonicalSlot;
  }
}
