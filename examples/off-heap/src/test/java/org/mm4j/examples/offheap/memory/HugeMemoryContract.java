/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.MemoryException;

/** What a store may rely on, whichever kernel is behind it. */
abstract class HugeMemoryContract {
  private static final int BLOCKS = 4;
  private static final int PAGE = 4096;

  private Backend backend;
  private HugeMemory memory;
  private long block;

  abstract Backend open();

  /** Checks how many pages take memory after some were touched. */
  abstract void assertTouched(int pages, int resident);

  @BeforeEach
  final void map() {
    backend = open();
    block = backend.system().capabilities().hugePageBytes();
    memory = backend.map("test", BLOCKS * block - 1, false);
  }

  @AfterEach
  final void close() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void isMadeOfWholeBlocksAndTakesNoMemoryYet() {
    assertEquals(BLOCKS, memory.blockCount());
    assertEquals(BLOCKS * block, memory.bytes().sizeBytes());
    assertEquals(block, memory.blockBytes());
    assertEquals(new HugeMemory.Footprint(BLOCKS * block, 0, 0), memory.footprint());
    assertEquals(0, memory.residentPages(1));
  }

  @Test
  void takesMemoryForThePagesThatAreTouched() {
    StoreMemory bytes = memory.bytes();
    bytes.putLong(block, 42);
    bytes.write(block + 5 * PAGE, MemorySegment.ofArray(new byte[] {1, 2, 3}));
    assertEquals(42, bytes.getLong(block));
    byte[] found = new byte[4];
    bytes.read(block + 5 * PAGE, MemorySegment.ofArray(found));
    assertEquals(3, found[2]);
    assertEquals(0, found[3]);
    assertTouched(2, memory.residentPages(1));
    assertTouched(2, (int) (memory.footprint().residentBytes() / PAGE));
  }

  @Test
  void isPopulatedOnRequest() {
    try (HugeMemory populated = backend.map("populated", block, true)) {
      assertEquals(512, populated.residentPages(0));
      assertEquals(block, populated.footprint().residentBytes());
    }
  }

  @Test
  void aBlockWithAPageCanBeCollapsedAndKeepsItsContent() {
    StoreMemory bytes = memory.bytes();
    bytes.putLong(2 * block + 7 * PAGE, 77);
    memory.collapse(2);
    assertEquals(77, bytes.getLong(2 * block + 7 * PAGE));
    assertEquals(512, memory.residentPages(2));
    assertEquals(block, memory.footprint().hugeBytes());
    assertEquals(100, memory.footprint().hugePercent());
    memory.collapse(2);
    assertEquals(block, memory.footprint().hugeBytes(), "a second time is fine");
  }

  @Test
  void aBlockWithoutAPageIsRefused() {
    MemoryException refused = assertThrows(MemoryException.class, () -> memory.collapse(0));
    assertEquals(Errno.EINVAL, refused.errno());
  }

  @Test
  void pagesThatAreGivenBackAreHolesAndSplitTheirHugePage() {
    StoreMemory bytes = memory.bytes();
    bytes.putLong(0, 1);
    bytes.putLong(block - Long.BYTES, 2);
    memory.collapse(0);
    memory.giveBack(PAGE, 3 * PAGE);
    assertEquals(509, memory.residentPages(0));
    assertEquals(0, memory.footprint().hugeBytes());
    assertEquals(1, bytes.getLong(0));
    assertEquals(2, bytes.getLong(block - Long.BYTES));
    assertEquals(1, memory.returns(0));
    assertEquals(0, memory.returns(1));
  }

  @Test
  void givingBackAcrossBlocksCountsForEach() {
    memory.giveBack(block - PAGE, 2 * PAGE);
    assertEquals(1, memory.returns(0));
    assertEquals(1, memory.returns(1));
    assertEquals(0, memory.returns(2));
  }

  @Test
  void anOffsetOutsideIsRefused() {
    StoreMemory bytes = memory.bytes();
    long end = bytes.sizeBytes();
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.getLong(end));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.getLong(-8));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.putLong(end - 4, 1));
    MemorySegment two = MemorySegment.ofArray(new byte[2]);
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.read(end - 1, two));
    assertThrows(IndexOutOfBoundsException.class, () -> bytes.write(end - 1, two));
  }

  @Test
  void noSizeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> backend.map("none", 0, false));
    assertThrows(IllegalArgumentException.class, () -> backend.map("more", Long.MAX_VALUE, false));
  }
}
