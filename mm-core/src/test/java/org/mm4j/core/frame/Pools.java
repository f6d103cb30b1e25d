/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import org.mm4j.Pages;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.sync.Counter;

/** Small pools and accounts for the tests of this package. */
final class Pools {
  static final int ORDER = 3;

  private Pools() {}

  /** Returns a pool of frames in chunks of 16 frames, huge order 3. */
  static FramePool small(int frames) {
    long chunkBytes = 16L * Pages.SIZE_BYTES;
    return new FramePool(
        new ChunkedFrameMemory(chunkBytes), (long) frames * Pages.SIZE_BYTES, ORDER);
  }

  static CoreFolio folio(FramePool pool, int order) {
    return folio(pool.allocate(order, null));
  }

  static CoreFolio folio(Allocation allocation) {
    Allocation.Allocated allocated = assertInstanceOf(Allocation.Allocated.class, allocation);
    return assertInstanceOf(CoreFolio.class, allocated.folio());
  }

  /** Asserts that everything was given back, merged to the greatest blocks. */
  static void assertPristine(FramePool pool) {
    assertEquals(pool.totalFrames(), pool.freeFrames());
    int made = (int) Math.min(pool.totalFrames(), pool.committedBytes() >>> Pages.SHIFT);
    assertEquals(made >> ORDER, pool.freeBlocks(ORDER));
    pool.forEachFolio(folio -> assertEquals(null, folio, "left"));
  }

  /** Returns an address space that charges a counter up to a limit. */
  static MemoryDescriptor account(Counter charged, long limit) {
    MemoryDescriptor mm =
        mock(MemoryDescriptor.class, withSettings().extraInterfaces(FrameAccount.class));
    FrameAccount account = (FrameAccount) mm;
    when(account.tryCharge(org.mockito.ArgumentMatchers.anyLong()))
        .thenAnswer(call -> charged.tryAdd(call.getArgument(0), limit));
    org.mockito.Mockito.doAnswer(
            call -> {
              charged.add(-call.<Long>getArgument(0));
              return null;
            })
        .when(account)
        .uncharge(org.mockito.ArgumentMatchers.anyLong());
    return mm;
  }
}
