/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Who makes huge pages: khugepaged in the background, {@code MADV_COLLAPSE} on demand, and the
 * engine that runs a collapse strategy and loses nothing whatever the strategy does.
 *
 * <p>A look at one range goes down this way:
 *
 * <pre>{@code
 * Khugepaged (which range next)   MadviseCollapse (every range of a call)
 *                 \                 /
 *                  FileScan: worth it? (lock-free, hpage_collapse_scan_file)
 *                          |
 *                  CollapseEngine: runs the strategy on a CollapseTransaction
 *                          |
 *                  MemoryDescriptor.mapHuge: the huge entry
 * }</pre>
 *
 * <p>Start at {@link org.mm4j.khugepaged.CollapseEngine} to run a strategy on a store of your own;
 * at {@link org.mm4j.khugepaged.KhugepagedFeature} to see how a kernel gets all of it. The
 * strategies are in {@link org.mm4j.khugepaged.strategy}.
 *
 * <p>Lock order: the scan lock (rank DAEMON), under which one address space is looked at, then what
 * the strategies take. The list of address spaces has a lock of rank LEAF, so that {@code enter}
 * may be called under any lock.
 */
@NullMarked
package org.mm4j.khugepaged;

import org.jspecify.annotations.NullMarked;
