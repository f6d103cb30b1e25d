/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.pagetable;

/** Sees entries of page tables. */
@FunctionalInterface
public interface EntryVisitor {
  /**
   * Sees one entry.
   *
   * @param address the address its page, or huge page, begins at
   * @param entry its bits
   */
  void visit(long address, long entry);
}
