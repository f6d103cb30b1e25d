/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Who makes blocks huge, and who knows why one is not.
 *
 * <p>Start at {@link org.mm4j.examples.offheap.collapse.Collapser}: it collapses a block on demand
 * and remembers the answer. {@link org.mm4j.examples.offheap.collapse.BackgroundCollapser} does so
 * in the background, for the blocks that a {@link org.mm4j.examples.offheap.collapse.BlockPolicy}
 * chooses; {@link org.mm4j.examples.offheap.collapse.HugePageReport} tells people.
 *
 * <p>No locks: what is shared is one atomic reference per block.
 */
@NullMarked
package org.mm4j.examples.offheap.collapse;

import org.jspecify.annotations.NullMarked;
