/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The built-in policies: which ranges are worth a collapse, and within which limits.
 *
 * <table>
 *   <caption>What each decides</caption>
 *   <tr><th>name</th><th>khugepaged</th><th>{@code MADV_COLLAPSE}</th></tr>
 *   <tr><td>{@code khugepaged} (default)</td><td>the settings' limits</td><td>no limits</td></tr>
 *   <tr><td>{@code madvise}</td><td>nothing</td><td>no limits</td></tr>
 *   <tr><td>{@code always}</td><td>no limits</td><td>no limits</td></tr>
 *   <tr><td>{@code never}</td><td>nothing</td><td>nothing</td></tr>
 * </table>
 *
 * <p>Start at {@link org.mm4j.khugepaged.policy.KhugepagedPolicy}. No locks, no state.
 */
@NullMarked
package org.mm4j.khugepaged.policy;

import org.jspecify.annotations.NullMarked;
