/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Where the bytes of a store lie, and how they become huge.
 *
 * <p>Start at {@link org.mm4j.examples.offheap.memory.HugeMemory}: blocks of the size of a huge
 * page, which are collapsed, counted and given back through calls that the running kernel and the
 * simulated one share. A {@link org.mm4j.examples.offheap.memory.Backend} maps them; only how they
 * are mapped and how their bytes are reached differs. {@link
 * org.mm4j.examples.offheap.memory.StoreMemory} is all that a store knows of it.
 *
 * <p>No locks.
 */
@NullMarked
package org.mm4j.examples.offheap.memory;

import org.jspecify.annotations.NullMarked;
