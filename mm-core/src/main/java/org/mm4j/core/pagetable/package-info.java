/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Page tables: a radix tree of four levels over 48-bit addresses, read without a lock.
 *
 * <p>Start at {@link org.mm4j.core.pagetable.PageTables}. The lowest level is a table of {@code
 * 2^hugeOrder} entries, one word each ({@link org.mm4j.core.pagetable.Entry}); the level above it
 * is a directory, whose slots hold nothing, a table, or one huge entry in its place.
 *
 * <p>Lock order: the lock of a directory (rank DIRECTORY) before the lock of one table (rank
 * PAGE_TABLE). Walkers take neither. Whoever takes the lock of a table looks at the directory's
 * slot again and starts over if the table is no longer there; a detached table stays readable, and
 * empty, until the collector takes it.
 */
@NullMarked
package org.mm4j.core.pagetable;

import org.jspecify.annotations.NullMarked;
