/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.pagetable;

import org.mm4j.Access;
import org.mm4j.Pages;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/**
 * The bits of a page-table entry: a frame number above the page shift, and flags below it, as the
 * hardware has it. 0 is the empty entry.
 */
public final class Entry {
  /** The empty entry. */
  public static final long NONE = 0;

  /** There is a translation. */
  public static final long PRESENT = 1;

  /** Stores are permitted. */
  public static final long WRITABLE = 1 << 1;

  /** Fetches are permitted. */
  public static final long EXECUTABLE = 1 << 2;

  /** The entry was used for a store, or may be without asking. */
  public static final long DIRTY = 1 << 3;

  /** The entry stands in a directory and leads to a huge page. */
  public static final long HUGE = 1 << 4;

  /** Loads are permitted. */
  public static final long READABLE = 1 << 5;

  /** The bits that a change of protection changes. */
  public static final long PERMISSIONS = READABLE | WRITABLE | EXECUTABLE;

  private Entry() {}

  /** Returns an entry that leads to a frame. */
  public static long of(long frame, long flags) {
    return (frame << Pages.SHIFT) | flags;
  }

  /** Returns the permissions that a VMA gives to its entries; a store implies a load. */
  public static long permissionsOf(Vma vma) {
    long permissions = vma.has(VmaFlag.READ) ? READABLE : 0;
    permissions |= vma.has(VmaFlag.WRITE) ? READABLE | WRITABLE : 0;
    permissions |= vma.has(VmaFlag.EXECUTE) ? EXECUTABLE : 0;
    return permissions;
  }

  /** Returns the frame the entry leads to; of a huge entry the first one. */
  public static long frame(long entry) {
    return entry >>> Pages.SHIFT;
  }

  /** Returns whether there is a translation. */
  public static boolean isPresent(long entry) {
    return (entry & PRESENT) != 0;
  }

  /** Returns whether stores are permitted. */
  public static boolean isWritable(long entry) {
    return (entry & WRITABLE) != 0;
  }

  /** Returns whether the entry was used for a store. */
  public static boolean isDirty(long entry) {
    return (entry & DIRTY) != 0;
  }

  /** Returns whether the entry leads to a huge page. */
  public static boolean isHuge(long entry) {
    return (entry & HUGE) != 0;
  }

  /** Returns whether the entry permits an access. */
  public static boolean permits(long entry, Access access) {
    long needed =
        switch (access) {
          case READ -> PRESENT | READABLE;
          case WRITE -> PRESENT | WRITABLE;
          case EXECUTE -> PRESENT | EXECUTABLE;
        };
    return (entry & needed) == needed;
  }
}
