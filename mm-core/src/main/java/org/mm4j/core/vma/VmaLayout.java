/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.UserfaultWatcher;

/**
 * The VMAs of one address space, and the operations that change which there are. Each of them
 * applies its change to the tree and to the reverse maps of the files, and calls {@code vmaOpened}
 * and {@code vmaClosed} for every VMA that comes and goes.
 *
 * <p>All operations need the mmap lock held exclusively, and take reverse-map locks inside of it.
 * Between two of them no two neighbours are left that could be one VMA, so that the layout is a
 * function of what is mapped where, not of history. Only {@link #insert} can break that.
 */
public final class VmaLayout {
  private final MemoryDescriptor mm;
  private final VmaTree tree = new VmaTree();

  /**
   * Creates a layout without VMAs.
   *
   * @param mm the address space
   */
  public VmaLayout(MemoryDescriptor mm) {
    this.mm = mm;
  }

  /** Returns the tree, for lock-free reading. */
  public VmaTree tree() {
    return tree;
  }

  /**
   * Adds a VMA as it is, without merging: for a fork, whose child has the VMAs of its parent. An
   * address space that nobody else has yet needs no mmap lock.
   *
   * @throws IllegalArgumentException if it overlaps another; nothing changed
   */
  public void insert(MappedVma vma) {
    requireOwn(vma);
    InsertVma.alone(tree, vma);
  }

  /**
   * Adds a VMA, merged with its neighbours where it continues one.
   *
   * @return the VMA that now covers its range
   * @throws IllegalArgumentException if it overlaps another; nothing changed
   */
  public MappedVma insertMerging(MappedVma vma) {
    requireLock();
    requireOwn(vma);
    return InsertVma.merging(tree, vma);
  }

  /**
   * Changes the flags and the watcher of part of a VMA: for {@code mprotect}, {@code madvise} and
   * the registration of a userfaultfd. A whole VMA that merges with nothing is changed in place.
   *
   * <p>For a range of several VMAs, go on at the end of the part, not at the end of the VMA that is
   * returned nor by an iterator that began before: the VMA may have merged with the next one.
   *
   * @param vma a VMA of this layout
   * @param part a page-aligned, not empty part of its range
   * @param newFlags the whole flags word
   * @param newWatcher the userfaultfd that watches from now on, or null
   * @return the VMA that now covers the part
   * @throws IllegalArgumentException if the VMA or the part is none; nothing changed
   */
  public MappedVma change(
      MappedVma vma, AddressRange part, long newFlags, @Nullable UserfaultWatcher newWatcher) {
    requireLock();
    return ChangeVma.apply(tree, vma, part, newFlags, newWatcher);
  }

  /**
   * Frees addresses. The translations of the range are removed by the caller <em>before</em>: as
   * long as there are any, a reader of the reverse map must find their VMA, and the file must not
   * lose it. The mmap lock keeps new ones from coming.
   *
   * @param range page aligned, not wrapping; it may contain several VMAs, or none
   * @return the pieces that were removed, in order; a VMA that was removed whole is itself, and a
   *     piece of one is a new object that was never in the tree
   */
  public List<MappedVma> cutOut(AddressRange range) {
    requireLock();
    if (!range.isPageAligned()) {
      throw new IllegalArgumentException("not of pages: " + range);
    }
    return CutOut.apply(tree, range);
  }

  /**
   * Checks every invariant of this package: the tree is ordered, balanced and knows its gaps; no
   * VMAs overlap; no neighbours are left unmerged; the reverse map of each file has exactly the
   * VMAs of this address space that map it. For tests; O(n), takes reverse-map locks.
   *
   * @param files further files, which may be mapped or not
   * @throws IllegalStateException if one does not hold
   */
  public void check(Collection<? extends Mapping> files) {
    VmaInvariants.check(mm, tree, files);
  }

  private void requireLock() {
    if (!mm.mmapLock().isHeld()) {
      throw new IllegalStateException(mm.mmapLock() + " is not held exclusively");
    }
  }

  private void requireOwn(MappedVma vma) {
    if (!Identity.same(vma.mm(), mm)) {
      throw new IllegalArgumentException(vma + " belongs to another address space");
    }
  }
}
