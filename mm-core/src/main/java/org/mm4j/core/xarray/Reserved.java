/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

/**
 * The zero entry: its index is taken, so that a later store needs no memory, yet it reads as empty
 * (Linux: {@code XA_ZERO_ENTRY}).
 */
enum Reserved {
  /** The one there is. */
  ENTRY
}
