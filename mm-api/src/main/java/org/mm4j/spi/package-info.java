/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The types you implement: collapse strategies, page caches and mappings of your own store, fault
 * handlers, sources of frames, features of a kernel.
 *
 * <p>Start at {@link org.mm4j.spi.CollapseStrategy} to write a strategy: everything it may touch is
 * in its {@link org.mm4j.spi.CollapseSession}, and it has exactly the rights of the built-in ones.
 * Start at {@link org.mm4j.spi.Mapping} to let the built-in strategies work on a store of your own:
 * implement {@link org.mm4j.spi.PageCache}, {@link org.mm4j.spi.ReverseMap} and {@link
 * org.mm4j.spi.MappingOperations}. Start at {@link org.mm4j.spi.KernelFeature} to add to the
 * simulated kernel.
 *
 * <p>Lock order (Linux's, see {@link org.mm4j.sync.LockRank}): inode → mmap → invalidate → folio
 * (ascending index) → reverse map → page table → page cache. Each method says what it expects to be
 * held and what it takes.
 */
@NullMarked
package org.mm4j.spi;

import org.jspecify.annotations.NullMarked;
