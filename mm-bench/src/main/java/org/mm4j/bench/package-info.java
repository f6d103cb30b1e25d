/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Benchmarks of what runs most often.
 *
 * <p>Start at {@link org.mm4j.bench.HookCost}: the primitives of {@code org.mm4j.sync}, which the
 * verification kit can watch, against the same operation without them. {@link
 * org.mm4j.bench.HotPath} is what is made of them. {@code docs/PERFORMANCE.md} has the command and
 * the figures.
 */
@NullMarked
package org.mm4j.bench;

import org.jspecify.annotations.NullMarked;
