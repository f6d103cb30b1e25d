/* SPDX-License-Identifier: Apache-2.0 */

/**
 * What an address space maps where, and who maps a file: VMAs, the tree they are in, the reverse
 * map, and the rules by which VMAs are split and merged.
 *
 * <p>Start at {@link org.mm4j.core.vma.VmaLayout}: the operations, one class each.
 *
 * <pre>
 *                  insertMerging      change           cutOut
 *                    InsertVma       ChangeVma         CutOut        which VMAs, by MergeRule
 *                          \             |             /
 *                                     Exchange                       for all readers at once
 *                          /                          \
 *      VmaTree  (one per address space)      IntervalReverseMap  (one per file)
 *      by address, lock-free readers         by page index, under its lock
 *                          \                          /
 *                                    MappedVma                       flags change in place
 * </pre>
 *
 * <h2>Locks</h2>
 *
 * <p>{@code mmap lock → reverse-map lock → page-table locks}. A change needs the mmap lock held
 * exclusively; it takes the reverse-map lock of one file after the other, never two at a time. The
 * reverse map takes its own lock shared to remove translations, and calls {@link
 * org.mm4j.spi.Translations} inside of it.
 *
 * <h2>Publication</h2>
 *
 * <ul>
 *   <li>A VMA that comes to be by a split or a merge has its flags before anybody can see it.
 *   <li>The tree changes by one store of its root. A reader without a lock has the version before
 *       or after: an address that is mapped in both is never missed.
 *   <li>Old and new pieces of a VMA are exchanged in one critical section of the reverse-map lock:
 *       a page index that stays mapped is never missed.
 *   <li>A split comes first, with the old flags on all pieces; then the flags of the changed piece
 *       are stored in place, <em>without</em> the reverse-map lock. So a thread that walks the
 *       reverse map sees the flag, or does not, as the hardware pleases. It is Linux's order, and
 *       what {@code collapse_file} has to cope with.
 *   <li>Only a part that merges with a neighbour gets its new flags by the exchange itself.
 * </ul>
 *
 * <p>VMAs that left the tree stay readable: the collector frees them when the last reader is done,
 * which is what Linux needs RCU for.
 */
@NullMarked
package org.mm4j.core.vma;

import org.jspecify.annotations.NullMarked;
