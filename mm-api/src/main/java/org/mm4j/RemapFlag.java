/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** How a mapping is moved or resized ({@code MREMAP_*}). */
public enum RemapFlag {
  /** It may move when it cannot grow in place. */
  MAY_MOVE,
  /** It moves exactly to the hint, replacing what is there; needs {@link #MAY_MOVE}. */
  FIXED,
  /** The old range stays mapped, empty; needs {@link #MAY_MOVE}. */
  DONT_UNMAP
}
