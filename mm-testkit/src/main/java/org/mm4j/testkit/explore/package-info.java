/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Explores the interleavings of real code; start at {@link org.mm4j.testkit.explore.Exploration}.
 *
 * <h2>What is explored</h2>
 *
 * <p>A {@link org.mm4j.testkit.explore.Program} builds a small world and two to four {@link
 * org.mm4j.testkit.explore.Task}s, again for each run. The code of the tasks is the code of
 * production: whatever it does through {@code org.mm4j.sync} goes through the backend of this kit,
 * which lets one task run at a time. Before each step the running task says what it is about to do
 * and on what; a {@link org.mm4j.testkit.explore.Search} decides who goes on. Nobody waits for a
 * lock: a task whose lock is taken simply cannot be chosen, and if nobody can, that is a deadlock.
 * Time does not advance, nobody is interrupted, and waits have no end but their wake-up. {@link
 * org.mm4j.sync.Sync#retry} can go on when another task has changed something that the failed
 * attempt has looked at; {@link org.mm4j.sync.Sync#pause} returns at once.
 *
 * <p>A {@link org.mm4j.testkit.explore.Verdict} is complete, or a budget was exhausted and nothing
 * is proved, or a rule was broken. A broken rule comes with the schedule of the fewest preemptions
 * that could be found, as text that {@link org.mm4j.testkit.explore.Search#replay} repeats in any
 * process, with the steps in one column per task, and with a page for a browser. The numbers of
 * objects come from the order of the first accesses. A run that differs from an earlier one with
 * the same schedule ends the exploration with {@link org.mm4j.testkit.explore.ExplorationFailed},
 * as does a thread that is no task.
 *
 * <h2>Which steps depend on each other</h2>
 *
 * <table>
 * <caption>Two steps of different tasks that may not change places</caption>
 * <tr><th>step</th><th>depends on</th></tr>
 * <tr><td>load; wait; read of a frame's content</td><td>store, update, addition of the same cell;
 *   acquisition, try and release of a lock that is a bit of it</td></tr>
 * <tr><td>store (under TSO: when it reaches memory), update, write of content, change of a wait
 *   queue</td><td>everything on the same cell</td></tr>
 * <tr><td>addition whose result nobody looks at</td><td>everything on the same cell but another
 *   such addition</td></tr>
 * <tr><td>acquisition, try, release of a lock, exclusive</td><td>everything on the same
 *   lock</td></tr>
 * <tr><td>the same, shared</td><td>the exclusive ones on the same lock</td></tr>
 * <tr><td>full fence, retry</td><td>nothing; they only wait</td></tr>
 * </table>
 *
 * <p>A cell is one field, one element, one lock, one queue, or the content of one frame.
 *
 * <h2>Why leaving schedules out is sound</h2>
 *
 * <p><b>Sleep sets.</b> When every schedule that begins with a step <i>a</i> has been tried at some
 * point, <i>a</i> is put to sleep there while the others are tried, and stays asleep as long as
 * only steps are made that do not depend on it. A schedule that makes <i>a</i> while it sleeps
 * differs from one that was tried only in the order of steps that commute, so it ends in the same
 * state and may be left out. A run in which everybody who could go on is asleep is cut off.
 *
 * <p><b>Accesses that are not steps.</b> An access of a task is a step only if it races with one of
 * another task; which ones do is found out by the runs. Each run keeps vector clocks of what its
 * steps and locks order, and looks at all accesses. When two accesses of the same cell are not
 * ordered and one changes it, both become steps and the search begins again. Suppose the last
 * search left an access <i>x</i> out although another task could have come to an access <i>y</i>
 * that depends on it before <i>x</i>'s task went on. Then that way to <i>y</i> is possible after
 * <i>x</i>, too, the search has followed it or an equivalent one, nothing on it comes from
 * <i>x</i>'s task, so no clock orders <i>x</i> before <i>y</i>, and the race was found: a
 * contradiction. The release of a lock is a step only if it races with a try or another access to
 * its word, since a blocking acquisition cannot come before it anyway.
 *
 * <p><b>TSO.</b> A store goes into its task's buffer at once; reaching memory is a step of its own.
 * A fence, an update, an acquisition, and the release of a lock that blocks can be made only when
 * the buffer is empty. Stores that race with nothing reach memory at once. Commuting is a matter of
 * the cell here as well.
 *
 * <p>All this is tested, not only argued: {@code SearchComparisonTest} compares the outcomes with
 * those of the naive search, in which every access is a step, on thousands of random programs.
 *
 * <h2>What it does not see</h2>
 *
 * <ul>
 *   <li>Shared state that does not go through {@code org.mm4j.sync}. If it is guarded by a lock,
 *       that is enough. If not, a difference between two runs of the same schedule is noticed, a
 *       race is not.
 *   <li>The bytes of a frame; its content is one cell per page, and a write of content waits for
 *       the store buffer.
 *   <li>A retry whose attempt depends on fields that only a lock guards, if nothing else that the
 *       attempt has looked at changes: it is taken for a wait for ever, which is reported.
 *   <li>Reorderings that x86 does not make. Acquire and release fences do nothing.
 *   <li>States between two steps, and of equivalent schedules all but one: a check after a step has
 *       to be about what the step has touched.
 *   <li>With a bound on preemptions, and with random searches, what no run within the bound has
 *       shown to be shared.
 * </ul>
 *
 * <h2>Inside</h2>
 *
 * <p>{@code ExploringSync} is the provider. It passes on to {@code Operations}, which knows what
 * each operation means; {@code ExploredRun} gives turns, {@code Order} has the clocks, {@code
 * StoreBuffer} the stores on their way, and each search is a {@code Chooser}.
 */
@NullMarked
package org.mm4j.testkit.explore;

import org.jspecify.annotations.NullMarked;
