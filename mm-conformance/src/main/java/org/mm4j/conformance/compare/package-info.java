/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The comparison: the same steps on two sides, the first difference, its shortest scenario, and the
 * table that shows it.
 *
 * <p>Start at {@link org.mm4j.conformance.compare.Comparison}. What differs on purpose is a {@link
 * org.mm4j.conformance.compare.KnownDifference}.
 */
@org.jspecify.annotations.NullMarked
package org.mm4j.conformance.compare;
