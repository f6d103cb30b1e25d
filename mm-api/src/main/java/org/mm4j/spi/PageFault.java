/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.Access;
import org.mm4j.Pages;

/**
 * A fault being handled. The mmap lock is held for reading.
 *
 * @param vma the VMA; its flags permit the access
 * @param address the exact address
 * @param access what was tried
 * @param userMode whether guest code did it, rather than a system call on its behalf
 */
public record PageFault(Vma vma, long address, Access access, boolean userMode) {
  /** Returns the address space. */
  public MemoryDescriptor mm() {
    return vma.mm();
  }

  /** Returns the page index in the file. */
  public long index() {
    return vma.indexOf(address);
  }

  /** Returns the address of the page. */
  public long pageAddress() {
    return Pages.alignDown(address);
  }
}
