/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.elf;

import java.util.EnumSet;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.Pages;
import org.mm4j.Protection;

/**
 * A PT_LOAD segment.
 *
 * @param address the virtual address
 * @param memoryBytes how long it is in memory
 * @param fileOffset where its content is in the file
 * @param fileBytes how much content there is; the rest is zeros
 * @param flags PF_X 1, PF_W 2, PF_R 4
 */
public record ElfSegment(
    long address, long memoryBytes, long fileOffset, long fileBytes, int flags) {
  private static final int EXECUTABLE = 1;
  private static final int WRITABLE = 2;
  private static final int READABLE = 4;

  /** Returns its addresses. */
  public AddressRange range() {
    return new AddressRange(address, memoryBytes);
  }

  /** Returns the pages it touches. */
  public AddressRange pages() {
    return AddressRange.between(Pages.alignDown(address), Pages.alignUp(address + memoryBytes));
  }

  /** Returns what it permits. */
  public Set<Protection> protection() {
    Set<Protection> protection = EnumSet.noneOf(Protection.class);
    if ((flags & (READABLE | WRITABLE | EXECUTABLE)) != 0) {
      protection.add(Protection.READ);
    }
    if ((flags & WRITABLE) != 0) {
      protection.add(Protection.WRITE);
    }
    if ((flags & EXECUTABLE) != 0) {
      protection.add(Protection.EXECUTE);
    }
    return protection;
  }

  boolean isExecutable() {
    return (flags & EXECUTABLE) != 0;
  }

  ElfSegment movedBy(long bias) {
    return new ElfSegment(address + bias, memoryBytes, fileOffset, fileBytes, flags);
  }
}
