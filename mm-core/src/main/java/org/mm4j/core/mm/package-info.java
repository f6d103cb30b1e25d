/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Address spaces: faults, and the system calls, one class per call.
 *
 * <p>Start at {@link org.mm4j.core.mm.ProcessMemory}, which is both the user's {@code AddressSpace}
 * and the mechanism's {@code MemoryDescriptor}. A fault goes from {@link
 * org.mm4j.core.mm.FaultPath} (lock, VMA, permissions, waiting) to {@link
 * org.mm4j.core.mm.FileFaults} (page cache, holes, userfaultfd) to {@link
 * org.mm4j.core.mm.FolioMapping} (page tables, references).
 *
 * <p>Lock order, outermost first: mmap lock, a file's invalidate lock, folio lock, reverse map,
 * directory, table. What removes translations takes directory and table locks only, and may come
 * from the reverse map without the mmap lock. Nothing sleeps in a userfault with a lock held.
 * {@code docs/LOCKING.md} has the whole picture.
 */
@NullMarked
package org.mm4j.core.mm;

import org.jspecify.annotations.NullMarked;
