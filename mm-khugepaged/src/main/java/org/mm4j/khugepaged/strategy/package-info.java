/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Linux's {@code collapse_file} at three moments of its history, each readable from top to bottom.
 *
 * <p>Start at {@link org.mm4j.khugepaged.strategy.LinuxStrategy}, the algorithm of 6.18 and the
 * default. {@link org.mm4j.khugepaged.strategy.SeedV2Strategy} and {@link
 * org.mm4j.khugepaged.strategy.PreFixStrategy} are older and wrong on purpose, and {@link
 * org.mm4j.khugepaged.strategy.LinuxAsMergedStrategy} lacks one fence, as the kernel does: they are
 * what a verification of strategies is tried on.
 *
 * <p>What the algorithms share is one page on its way from the page cache into the session ({@code
 * HeldPage}), the bytes of the huge page ({@code TargetContent}), and how a step says no ({@code
 * Refusal}).
 *
 * <p>Lock order within a collapse: the target's folio lock, the sources' (by trying, in ascending
 * order), then the reverse map shared, then the page cache. SCAN_SLOT, CHARGE_HOLES and
 * REPLACE_SLOT of the old strategies, RECOUNT, CHECK_USERFAULT and COMMIT are announced while the
 * page-cache lock is held, all other steps while it is not.
 *
 * <p>After the commit a strategy keeps the target locked until nothing of its own can throw any
 * more: the engine unlocks the target of a strategy that throws.
 */
@NullMarked
package org.mm4j.khugepaged.strategy;

import org.jspecify.annotations.NullMarked;
