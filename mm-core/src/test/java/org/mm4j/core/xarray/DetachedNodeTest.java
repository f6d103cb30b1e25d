/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.sync.Slots;

/**
 * Readers that were stopped inside a node and go on after a writer took it out of the tree. No
 * threads: the reader's second half is called by itself.
 */
@ParameterizedClass(name = "chunk shift {0}")
@ValueSource(ints = {2, 6})
class DetachedNodeTest {
  @Parameter int chunkShift;

  private XArray<String> array;
  private int slotCount;

  /** Makes the tree: odd indices of two leaves are present, even ones are holes. */
  private Object[] firstLeafOfTwo() {
    array = new XArray<>("test", chunkShift, NodeAllocator.HEAP);
    slotCount = 1 << chunkShift;
    for (int i = 1; i < 2 * slotCount; i += 2) {
      array.store(i, entryAt(i));
    }
    return (Object[]) Node.of(array.head()).get(0);
  }

  /** What a reader does that was stopped in a leaf: goes on there, then as it is told. */
  private Object resume(Object[] leaf, long index) {
    Object met = array.peekBelow(leaf, 0, index);
    return XArray.isRetry(met) ? array.load(index) : met;
  }

  @Test
  void storeOfALargerEntryPutsRetryIntoNonEmptySlotsOnly() {
    Object[] leaf = firstLeafOfTwo();
    array.store(0, chunkShift + 1, "huge");
    for (int i = 0; i < slotCount; i++) {
      assertEquals(i % 2 == 0 ? null : XArray.RETRY, leaf[i]);
    }
  }

  @Test
  void rule_1_5_aReaderStoppedInADetachedLeafFindsTheNewEntryWhereOneWasPresent() {
    Object[] leaf = firstLeafOfTwo();
    array.store(0, chunkShift + 1, "huge");
    for (int i = 1; i < slotCount; i += 2) {
      assertEquals("huge", resume(leaf, i));
    }
    for (int i = 0; i < slotCount; i += 2) {
      assertNull(resume(leaf, i), "a hole of before the store");
    }
  }

  @Test
  void rule_1_5_mutantReaderThatDoesNotRestartAtRetryLosesAPresentEntry() {
    Object[] leaf = firstLeafOfTwo();
    array.store(0, chunkShift + 1, "huge");
    Object met = array.peekBelow(leaf, 0, 1);
    Object mutant = XArray.isRetry(met) ? null : met;
    assertNotEquals(resume(leaf, 1), mutant);
  }

  @Test
  void aScanRestingInADetachedLeafGoesOnInTheTree() {
    firstLeafOfTwo();
    XArrayScan<String> scan = array.scan(0, 2L * slotCount - 1);
    assertTrue(scan.next());
    array.store(0, chunkShift + 1, "huge");
    assertTrue(scan.next());
    assertEquals("huge", scan.entry());
    assertFalse(scan.next());
  }

  @Test
  void mutantWriterThatDoesNotPutRetryShowsAScanWhatWasReplaced() {
    Object[] leaf = firstLeafOfTwo();
    Object[] before = Arrays.copyOf(leaf, slotCount);
    XArrayScan<String> scan = array.scan(0, 2L * slotCount - 1);
    assertTrue(scan.next());
    array.store(0, chunkShift + 1, "huge");
    System.arraycopy(before, 0, leaf, 0, slotCount); // what such a writer would leave behind
    assertTrue(scan.next());
    assertEquals(entryAt(3), scan.entry(), "the check of the test before this one fails");
  }

  @Test
  void aPlaceholderInADetachedLeafSendsReadersToTheHead() {
    Object[] leaf = firstLeafOfTwo();
    XArrayCursor<String> cursor = array.cursor();
    cursor.lock();
    assertTrue(cursor.storePlaceholder(0));
    assertSame(XArray.RETRY, array.peekBelow(leaf, 0, 0));
    cursor.store(0, chunkShift + 1, "huge");
    cursor.unlock();
    assertSame(XArray.RETRY, leaf[0], "it stays");
    assertEquals("huge", resume(leaf, 0));
  }

  @Test
  void loadWaitsAsLongAsThereIsAPlaceholderAndThenSeesWhatReplacedIt() throws InterruptedException {
    firstLeafOfTwo();
    AtomicReference<String> met = new AtomicReference<>();
    Thread reader = Thread.ofPlatform().unstarted(() -> met.set(array.load(0)));
    XArrayCursor<String> cursor = array.cursor();
    cursor.lock();
    assertTrue(cursor.storePlaceholder(0));
    reader.start();
    boolean ended = reader.join(Duration.ofMillis(50));
    cursor.store(0, chunkShift + 1, "huge");
    cursor.unlock();
    reader.join();
    assertFalse(ended, "it did not wait");
    assertEquals("huge", met.get());
  }

  @Test
  void aReaderStoppedBehindASiblingFindsOnlyWhatWasStoredAtItsIndex() {
    XArray<String> cut = new XArray<>("test", chunkShift, NodeAllocator.HEAP);
    cut.store(0, 1, "pair");
    Object[] leaf = (Object[]) cut.head();
    Sibling met = (Sibling) Slots.get(leaf, 1);
    XArrayCursor<String> cursor = cut.cursor();
    cursor.lock();
    assertTrue(cursor.split(0, 1, 0));
    cursor.store(0, 0, "left");
    cursor.store(1, 0, "right");
    cursor.unlock();
    assertSame(XArray.RETRY, XArray.follow(leaf, 1, met));
    Object mutant = Slots.get(leaf, met.canonicalSlot());
    assertEquals("left", mutant, "a reader that does not look again finds the neighbour");
  }

  @Test
  void aSiblingOfALaterStoreIsNotTakenForTheOneThatWasMet() {
    XArray<String> cut = new XArray<>("test", chunkShift, NodeAllocator.HEAP);
    cut.store(0, 1, "pair");
    Object[] leaf = (Object[]) cut.head();
    Sibling met = (Sibling) Slots.get(leaf, 1);
    cut.store(2, "keeps the node");
    cut.erase(0);
    cut.store(0, "left");
    cut.store(0, 1, "pair again");
    assertTrue(Slots.get(leaf, 1) instanceof Sibling);
    assertSame(XArray.RETRY, XArray.follow(leaf, 1, met));
  }

  @Test
  void aReaderBehindASiblingWhoseCanonicalSlotBecameASiblingFindsTheLargerEntry() {
    if (chunkShift < 3) {
      return; // no run of four fits in a node
    }
    XArray<String> grown = new XArray<>("test", chunkShift, NodeAllocator.HEAP);
    grown.store(2, 1, "pair");
    Object[] leaf = (Object[]) grown.head();
    Sibling met = (Sibling) Slots.get(leaf, 3);
    // The state in the middle of a store of order 2 over it: slot 3 is not reached yet.
    Sibling larger = new Sibling(0);
    Slots.set(leaf, 0, "four");
    Slots.set(leaf, 1, larger);
    Slots.set(leaf, 2, larger);
    assertEquals("four", XArray.follow(leaf, 3, met));
  }

  @Test
  void shrinkLeavesRetryForReadersInTheOldHead() {
    XArray<String> shrunk = new XArray<>("test", chunkShift, NodeAllocator.HEAP);
    shrunk.store(0, "zero");
    shrunk.store(1, "one");
    Object[] leaf = (Object[]) shrunk.head();
    shrunk.erase(1);
    shrunk.store(0, "new zero");
    assertSame(XArray.RETRY, shrunk.peekBelow(leaf, 0, 0));
    assertNull(shrunk.peekBelow(leaf, 0, 1));
  }

  @Test
  void shrinkOfAnUpperNodeStillLeadsReadersToTheChild() {
    Object[] leaf = firstLeafOfTwo();
    Object[] top = (Object[]) array.head();
    array.eraseRange(slotCount, 2L * slotCount);
    assertSame(leaf, array.head());
    array.store(1, "new");
    assertEquals("new", array.peekBelow(top, chunkShift, 1));
  }

  private static String entryAt(long index) {
    return "at " + index;
  }
}
