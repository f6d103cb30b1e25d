/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.util.EnumSet;
import java.util.Set;
import org.mm4j.MappingView;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.UffdMode;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.pagetable.PageTables;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/** Describes VMAs to users. */
final class MappingViews {
  private MappingViews() {}

  static MappingView of(Vma vma, PageTables tables, long hugeBytes) {
    long[] small = new long[1];
    long[] huge = new long[1];
    tables.forEach(
        vma.range().start(),
        vma.range().end(),
        (address, entry) -> (Entry.isHuge(entry) ? huge : small)[0]++);
    Mapping mapping = vma.mapping();
    return new MappingView(
        vma.range(),
        protection(vma),
        vma.has(VmaFlag.SHARED),
        mapping == null ? null : mapping.name(),
        vma.pageOffset() << Pages.SHIFT,
        (small[0] << Pages.SHIFT) + huge[0] * hugeBytes,
        huge[0] * hugeBytes,
        modes(vma));
  }

  private static Set<Protection> protection(Vma vma) {
    Set<Protection> protection = EnumSet.noneOf(Protection.class);
    addIf(vma, VmaFlag.READ, protection, Protection.READ);
    addIf(vma, VmaFlag.WRITE, protection, Protection.WRITE);
    addIf(vma, VmaFlag.EXECUTE, protection, Protection.EXECUTE);
    return protection;
  }

  private static Set<UffdMode> modes(Vma vma) {
    Set<UffdMode> modes = EnumSet.noneOf(UffdMode.class);
    addIf(vma, VmaFlag.UFFD_MISSING, modes, UffdMode.MISSING);
    addIf(vma, VmaFlag.UFFD_WP, modes, UffdMode.WRITE_PROTECT);
    addIf(vma, VmaFlag.UFFD_MINOR, modes, UffdMode.MINOR);
    return modes;
  }

  private static <T> void addIf(Vma vma, VmaFlag flag, Set<T> set, T value) {
    if (vma.has(flag)) {
      set.add(value);
    }
  }
}
