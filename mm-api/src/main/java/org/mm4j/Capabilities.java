/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * What a memory system can do; it does not change while the system lives.
 *
 * @param addressSpaces whether there can be several address spaces, or only this process's own
 * @param userfaultfd whether {@link AddressSpace#userfaultfd} works
 * @param collapse whether {@link Advice#COLLAPSE} works
 * @param hugePageBytes the size of a huge page in bytes
 */
public record Capabilities(
    AddressSpaces addressSpaces, boolean userfaultfd, boolean collapse, long hugePageBytes) {
  /** How many address spaces a system has. */
  public enum AddressSpaces {
    /** Any number. */
    MANY,
    /** Only this process's own. */
    SELF_ONLY
  }
}
