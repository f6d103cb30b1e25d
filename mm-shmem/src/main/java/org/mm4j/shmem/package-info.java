/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Memory files: what Linux does in {@code mm/shmem.c} and {@code mm/memfd.c}.
 *
 * <p>Start at {@link org.mm4j.shmem.ShmemFeature}, which a kernel installs. A {@code ShmemFile} is
 * the handle a user holds; the {@code ShmemInode} behind it is the memory, and lives until the
 * handle is closed, the last VMA is gone, and no collapse holds it. Each larger operation is a
 * class: {@code FileIo}, {@code Truncation}, {@code HolePunch}, {@code Preallocation}, {@code
 * SeekHoleData}, {@code Sealing}. All of them change the page cache through {@code InodePages}
 * alone, which keeps slots, references, the number of present pages and the charge in step.
 *
 * <p>What is at an index:
 *
 * <pre>{@code
 *            allocate                first access, collapse
 * hole ------------------> fallocated --------------------> up to date
 *  ^ |                        |                                 |
 *  | +--write, fault, fill, collapse of a neighbour------------>|
 *  +------------truncate, punchHole, end of the file------------+
 * }</pre>
 *
 * <p>Locks, outermost first: inode lock (write, truncate, allocate, punchHole, seek, seals) →
 * invalidate lock, exclusive (truncate, punchHole: while translations and pages are taken out) →
 * folio lock (each page that is read into, changed or taken out) → reverse map and page tables
 * (within {@code ReverseMap}) → page cache. {@code read} takes none of them. The charge is counters
 * only.
 */
@NullMarked
package org.mm4j.shmem;

import org.jspecify.annotations.NullMarked;
