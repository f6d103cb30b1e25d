/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The XArray: a radix tree from indices to entries, with entries that span many indices, with
 * marks, and with readers that take no lock. Vocabulary and behaviour are Linux's.
 *
 * <h2>The tree</h2>
 *
 * <p>An index is cut into chunks of {@code chunkShift} bits (6 in Linux, 1 to 6 here). The head
 * holds null, an entry (then that is index 0 and all there is), or a node; growing puts a node on
 * top, shrinking takes one off. A <em>multi-index entry</em> of order <i>k</i> covers 2<sup>k</sup>
 * aligned indices. It sits at the level whose slots are no larger than it: one slot if <i>k</i> is
 * a multiple of the chunk shift, otherwise a <em>canonical</em> slot and siblings that point at it.
 * With chunk shift 2, an entry H of order 3 at index 8 and an entry P at index 1:
 *
 * <pre>{@code
 * head ──► Object[] (shift 2: one slot is 4 indices)
 *          slot 0        slot 1       slot 2        slot 3         Node
 *          [ child ]     [ null ]     [ H ]         [ sibling:2 ]  {count 3, parent null, marks}
 *            │            4 … 7        8 … 11        12 … 15
 *            ▼
 *          Object[] (shift 0: one slot is 1 index)
 *          [ null ] [ P ] [ null ] [ null ] {count 1, parent ▲, offset 0, marks}
 * }</pre>
 *
 * <p>It is one entry: storing at, erasing or marking any of its indices does so for all. A store of
 * a larger order replaces everything it covers.
 *
 * <h2>What a slot can hold</h2>
 *
 * <table>
 *   <caption>Kinds of slots</caption>
 *   <tr><th>object<th>Linux<th>meaning
 *   <tr><td>null<td>NULL<td>empty
 *   <tr><td>{@code Object[]}<td>node<td>a child; a user cannot store that type
 *   <tr><td>{@link org.mm4j.core.xarray.Sibling}<td>sibling<td>see the canonical slot
 *   <tr><td>{@link org.mm4j.spi.Placeholder}<td>{@code XA_RETRY_ENTRY}<td>start again from the head
 *   <tr><td>{@link org.mm4j.core.xarray.Reserved}<td>{@code XA_ZERO_ENTRY}<td>taken, reads as empty
 *   <tr><td>anything else<td>pointer or value<td>the user's entry; values are small immutable
 *       objects such as {@link org.mm4j.spi.SwapEntry}
 * </table>
 *
 * <p>The retry entry has two uses. In a <em>detached</em> node, one that was taken out of the tree
 * while a reader may be inside, it stands for ever and says that this is no longer the place. In a
 * live slot it is a placeholder, which exists only while the lock is held: the array counts them
 * and refuses to unlock while there is one.
 *
 * <h2>Who may do what</h2>
 *
 * <table>
 *   <caption>Locking</caption>
 *   <tr><th>no lock<td>{@code XArray.load}, {@code peek}, {@code scan}, {@code forEach}, {@code isEmpty}
 *   <tr><th>takes the lock<td>every other method of {@link org.mm4j.core.xarray.XArray}
 *   <tr><th>expects the lock<td>{@link org.mm4j.core.xarray.XArrayCursor}, which also takes it
 * </table>
 *
 * <p>The lock is one bit of the array's state word, rank {@link org.mm4j.sync.LockRank#PAGE_CACHE}.
 * Nothing is acquired under it.
 *
 * <p><b>The writer's discipline.</b> (1) A node is complete before the slot that leads to it is
 * stored. (2) What was there is detached after its slot was overwritten: then each non-empty slot
 * of it gets the retry entry, empty ones stay empty. (3) Installing a run, the canonical slot comes
 * first and the siblings follow in order; breaking a run up, the canonical slot comes last;
 * emptying a run, it comes first. (4) A node that became empty is unlinked and never used again;
 * the collector frees it. (5) Memory comes first: an operation that finds none has changed nothing.
 *
 * <p><b>The reader's discipline.</b> (1) Descend from the head with acquiring loads. (2) After
 * following a sibling, look again whether it is still there, the same object, or start over. (3)
 * Meeting the retry entry, start over. Then each index shows either its old or its new entry,
 * though the indices of a large entry change one slot after the other.
 *
 * <p>Start at {@link org.mm4j.core.xarray.XArray} (structure and readers), then {@link
 * org.mm4j.core.xarray.TreeWriter} (stores and erasures), {@link org.mm4j.core.xarray.EntrySplit},
 * {@link org.mm4j.core.xarray.Marks}, {@link org.mm4j.core.xarray.TreeSearch}.
 */
@NullMarked
package org.mm4j.core.xarray;

import org.jspecify.annotations.NullMarked;
