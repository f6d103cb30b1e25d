/* SPDX-License-Identifier: Apache-2.0 */

/**
 * A store with a page index of its own, on which the library's collapse strategies run unchanged.
 *
 * <p>What a store has to implement is three contracts of {@code org.mm4j.spi}:
 *
 * <ul>
 *   <li>{@code PageCache} with its cursor: {@code BlockIndex}, two flat levels instead of a radix
 *       tree;
 *   <li>{@code ReverseMap}: {@code WindowList}, a plain list of who maps the store;
 *   <li>{@code MappingOperations}: {@code StoreOperations}.
 * </ul>
 *
 * <p>{@code BlockStore} puts them together, {@code StoreHandle} makes a memory file of it, and
 * {@link org.mm4j.examples.offheap.blocks.BlockStoreFeature} gives it to a simulated kernel, which
 * contributes the rest: folios, address spaces, page tables, processors, userfaultfds, and the
 * collapse session. Whether all of that holds together under every interleaving is what the
 * verification suites say about it; see the tests of this package.
 *
 * <p>Lock order: size (INODE), invalidate, folio, reverse map, page cache, as in the library.
 * Everything concurrent goes through {@code org.mm4j.sync}, so the explorer sees it.
 */
@NullMarked
package org.mm4j.examples.offheap.blocks;

import org.jspecify.annotations.NullMarked;
