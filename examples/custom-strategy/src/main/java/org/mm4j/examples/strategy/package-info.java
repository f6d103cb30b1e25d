/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Collapse strategies as a third party writes them.
 *
 * <p>Start at {@link org.mm4j.examples.strategy.AskFirst}, the strategy of the README: a decision
 * of its own in front of the built-in {@code linux}. {@link
 * org.mm4j.examples.strategy.FullRangesOnly} is a whole algorithm of its own, on the contracts
 * alone. Both are named twice, in the module descriptor for the module path and in {@code
 * META-INF/services} for the class path; the tests show how they are verified and run.
 */
@NullMarked
package org.mm4j.examples.strategy;

import org.jspecify.annotations.NullMarked;
