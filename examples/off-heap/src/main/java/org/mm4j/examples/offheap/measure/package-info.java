/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Random reads of the same store in several kinds of memory. Start at {@link
 * org.mm4j.examples.offheap.measure.MemoryComparison}. One thread, no locks.
 */
@NullMarked
package org.mm4j.examples.offheap.measure;

import org.jspecify.annotations.NullMarked;
