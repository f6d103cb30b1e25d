/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The synchronisation primitives that contracts and implementations of mm4j are written against:
 * eight nouns and no scheduler in sight.
 *
 * <p>Everything that two threads can race on goes through this package, so that a checking or
 * exploring backend can see it, and choose who runs next:
 *
 * <ul>
 *   <li>{@link org.mm4j.sync.Mutex}, {@link org.mm4j.sync.SharedLock}: the kernel's sleeping locks;
 *   <li>{@link org.mm4j.sync.BitLock}: a lock that is one bit of an object's state word (page
 *       cache, page table, folio), because ten million folios cannot each carry a lock object;
 *   <li>{@link org.mm4j.sync.WaitQueue} and its {@link org.mm4j.sync.Waiter}: threads that block
 *       until somebody wakes them;
 *   <li>{@link org.mm4j.sync.Slots}: elements of an {@code Object[]} and reference fields that are
 *       read without a lock;
 *   <li>{@link org.mm4j.sync.Words}: elements of a {@code long[]}; {@link org.mm4j.sync.WordField}
 *       and {@link org.mm4j.sync.RefField}: the same for the fields of an object;
 *   <li>{@link org.mm4j.sync.Counter}: a charge counter with a limit;
 *   <li>{@link org.mm4j.sync.Fences}: the full fence that neither a lock release nor an ordered
 *       access gives.
 * </ul>
 *
 * <p>Start at {@link org.mm4j.sync.Sync}, the backend behind them. In production the backend is one
 * final class behind a static final field, and the JIT folds it away. A provider on the path (the
 * verification kit) replaces it.
 *
 * <p>The lock order is {@link org.mm4j.sync.LockRank}, outermost first.
 */
@NullMarked
package org.mm4j.sync;

import org.jspecify.annotations.NullMarked;
