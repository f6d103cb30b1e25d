/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.AddressRange;
import org.mm4j.HugePages;

/** What mm-khugepaged gives to a kernel. Thread-safe. */
public interface CollapseService extends HugePages, AutoCloseable {
  /**
   * An address space may have something to collapse: khugepaged looks at it from now on. Cheap if
   * known.
   */
  void enter(MemoryDescriptor mm);

  /**
   * An address space goes away; when this returns khugepaged does not look at it any more. No lock
   * held.
   */
  void exit(MemoryDescriptor mm);

  /**
   * Collapses a range now ({@code MADV_COLLAPSE}): page aligned, within one address space, possibly
   * with gaps. No lock is held.
   *
   * @throws org.mm4j.MemoryException EINVAL, EAGAIN, EBUSY, ENOMEM as {@code madvise} answers
   */
  void collapse(MemoryDescriptor mm, AddressRange range);

  /** Stops the daemon. */
  @Override
  void close();
}
