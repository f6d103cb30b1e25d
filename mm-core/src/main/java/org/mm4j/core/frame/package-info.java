/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Physical memory: where frames come from, who has them, and the folios made of them.
 *
 * <p>Start at {@link org.mm4j.core.frame.FramePool}. A request for one frame goes through three
 * stages, each asked only if the one before is empty:
 *
 * <ol>
 *   <li>{@link org.mm4j.core.frame.FrameCache}: the stripe of the calling thread, last in first
 *       out, so that the frame is warm;
 *   <li>{@link org.mm4j.core.frame.BuddyAllocator}: blocks of all orders, which gives a batch;
 *   <li>{@link org.mm4j.core.frame.ChunkedFrameMemory} (or another {@link
 *       org.mm4j.spi.FrameMemory}): a new chunk of native memory.
 * </ol>
 *
 * <p>{@link org.mm4j.core.frame.CoreFolio} is one flat object of 48 bytes per folio; {@link
 * org.mm4j.core.frame.FrameTable} finds it by frame without a lock.
 *
 * <p>Lock order: a stripe's lock (rank FRAMES), then the buddy allocator's (rank LEAF). Charges are
 * made before and given back after both.
 */
@NullMarked
package org.mm4j.core.frame;

import org.jspecify.annotations.NullMarked;
