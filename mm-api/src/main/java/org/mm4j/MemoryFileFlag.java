/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** How a memory file is created ({@code MFD_*}). */
public enum MemoryFileFlag {
  /** Seals may be added; without it the file starts with {@link Seal#SEAL}. */
  ALLOW_SEALING
}
