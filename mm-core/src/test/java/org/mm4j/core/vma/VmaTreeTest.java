/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.AddressRange;
import org.mm4j.Pages;

final class VmaTreeTest {
  private static final long PAGE = Pages.SIZE_BYTES;

  private final TestMemory mm = new TestMemory(1);
  private final VmaTree tree = new VmaTree();

  static LongStream seeds() {
    return Seeds.of(8);
  }

  private MappedVma vma(long page, int pageCount) {
    return new MappedVma(
        mm,
        new AddressRange(page << Pages.SHIFT, pageCount * PAGE),
        null,
        page & Long.MAX_VALUE,
        0,
        null);
  }

  @ParameterizedTest(name = "-Dmm4j.seed={0}")
  @MethodSource("seeds")
  void theTreeIsASortedMapOfRanges(long seed) {
    Random random = new Random(seed);
    TreeMap<Long, MappedVma> model = new TreeMap<>(Long::compareUnsigned);
    int span = 3000;
    // Around the sign bit, so that signed comparison anywhere would show.
    long base = (1L << 51) - span / 2;
    for (int i = 0; i < 6_000; i++) {
      boolean growing = (i / 1500) % 2 == 0;
      long page = base + random.nextInt(span);
      MappedVma there = tree.find(page << Pages.SHIFT);
      if (there == null && random.nextInt(10) < (growing ? 9 : 3)) {
        MappedVma vma = vma(page, 1);
        tree.insert(vma);
        model.put(vma.start(), vma);
      } else if (there != null && random.nextInt(10) < (growing ? 2 : 9)) {
        tree.remove(there);
        model.remove(there.start());
      }
      String where = "-Dmm4j.seed=" + seed + " step " + i;
      long address = (base + random.nextInt(span)) * PAGE + random.nextInt(Pages.SIZE_BYTES);
      Map.Entry<Long, MappedVma> next = model.ceilingEntry(Pages.alignDown(address));
      assertSame(next == null ? null : next.getValue(), tree.next(address), where);
      assertSame(model.get(Pages.alignDown(address)), tree.find(address), where);
      assertEquals(model.size(), tree.size(), where);
      if (i % 100 == 0) {
        VmaInvariants.checkStructure(tree);
        List<MappedVma> all = new ArrayList<>();
        tree.all().forEach(all::add);
        assertEquals(List.copyOf(model.values()), all, where);
      }
    }
    model.values().forEach(tree::remove);
    VmaInvariants.checkStructure(tree);
    assertEquals(0, tree.size());
    assertNull(tree.next(0));
  }

  @Test
  void rule_2_1_replacingIsOneVersion() {
    MappedVma whole = vma(10, 10);
    tree.insert(whole);
    Iterator<MappedVma> before = tree.all().iterator();
    MappedVma left = vma(10, 5);
    MappedVma right = vma(15, 5);
    tree.replace(List.of(whole), List.of(left, right));
    assertSame(whole, before.next());
    assertFalse(before.hasNext());
    assertSame(right, tree.find(15 * PAGE));
  }

  @Test
  void rule_2_1_aReplacementThatOverlapsChangesNothing() {
    MappedVma one = vma(10, 5);
    MappedVma two = vma(20, 5);
    tree.replace(List.of(), List.of(one, two));
    assertThrows(
        IllegalArgumentException.class, () -> tree.replace(List.of(one), List.of(vma(18, 3))));
    assertThrows(IllegalArgumentException.class, () -> tree.insert(vma(5, 6)));
    assertThrows(IllegalArgumentException.class, () -> tree.remove(vma(10, 5)));
    assertSame(one, tree.find(14 * PAGE));
    assertNull(tree.find(15 * PAGE));
    assertEquals(2, tree.size());
  }

  @Test
  void aRangeYieldsWhatItTouches() {
    List<MappedVma> all = List.of(vma(10, 5), vma(15, 5), vma(30, 1));
    tree.replace(List.of(), all);
    assertEquals(all.subList(1, 2), in(15, 15));
    assertEquals(all.subList(0, 2), in(14, 16));
    assertEquals(all.subList(1, 3), in(19, 12));
    assertEquals(List.of(), in(20, 10));
    assertEquals(List.of(), in(12, 0));
    assertThrows(
        NoSuchElementException.class, () -> tree.in(new AddressRange(0, 0)).iterator().next());
    assertThrows(ArithmeticException.class, () -> tree.in(new AddressRange(-1, 2)));
  }

  private List<MappedVma> in(long page, long pageCount) {
    List<MappedVma> found = new ArrayList<>();
    tree.in(new AddressRange(page * PAGE, pageCount * PAGE)).forEach(found::add);
    return found;
  }

  @Test
  void theLastMappablePageIsFound() {
    MappedVma last = vma((1L << 52) - 2, 1);
    tree.insert(last);
    assertSame(last, tree.find(-PAGE - 1));
    assertNull(tree.find(-PAGE));
    assertNull(tree.next(-1));
    assertSame(last, tree.next(Long.MAX_VALUE));
  }

  @Test
  void aMillionVmasAreFoundInFewSteps() {
    int count = 1_000_000;
    // From the top down, every second page, as mmap does it.
    for (int i = count; i > 0; i--) {
      tree.insert(vma(2L * i, 1));
    }
    assertEquals(count, tree.size());
    VmaInvariants.checkStructure(tree);
    // Half-full nodes of 16: at most the logarithm to the base 8.
    assertTrue(tree.root().height() <= 7, () -> "height " + tree.root().height());
    for (int i = 1; i <= count; i++) {
      MappedVma found = tree.find(2L * i * PAGE);
      assertEquals(2L * i * PAGE, found == null ? -1 : found.start());
    }
    assertNull(tree.find(3 * PAGE));
    assertEquals(
        OptionalLong.of(3 * PAGE), tree.findGap(PAGE, PAGE, 0, 5 * PAGE), "the lowest gap");
    assertEquals(OptionalLong.of(0), tree.findGap(2 * PAGE, PAGE, 0, 2L * count * PAGE));
  }

  @Test
  void findingAllocatesNothing() {
    for (int i = 0; i < 5_000; i++) {
      tree.insert(vma(2L * i, 1));
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int found = 0;
    long before = 0;
    for (int round = 0; round < 3; round++) {
      before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        found += tree.find(i * PAGE) == null ? 0 : 1;
        found += tree.next(i * PAGE) == null ? 0 : 1;
      }
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(3 * (5_000 + 9_999), found);
    assertTrue(allocated < 10_000, () -> allocated + " bytes for 20,000 searches");
  }
}
