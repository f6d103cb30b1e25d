/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.Access;
import org.mm4j.core.pagetable.PageTables.Detachment;

class PageTablesTest {
  private static final long PAGE = 4096;
  private static final long TOP = 1L << 47;
  private static final EntryVisitor NOBODY = (address, entry) -> {};

  private static long page(long frame) {
    return Entry.of(frame, Entry.PRESENT | Entry.READABLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void everyAddressHasItsOwnEntry(int hugeOrder) {
    PageTables tables = new PageTables(hugeOrder);
    List<Long> addresses = new ArrayList<>();
    for (int bit = 12; bit < 47; bit++) {
      addresses.add(1L << bit);
      addresses.add((1L << bit) - PAGE + (bit == 12 ? 3 * PAGE : 0));
    }
    addresses.add(TOP - PAGE);
    List<Long> distinct = addresses.stream().distinct().toList();
    for (int i = 0; i < distinct.size(); i++) {
      assertTrue(tables.mapPage(distinct.get(i), page(i + 1)));
    }
    for (int i = 0; i < distinct.size(); i++) {
      assertEquals(page(i + 1), tables.walk(distinct.get(i) + 5));
    }
    assertEquals(distinct.size(), tables.residentPages());
    tables.zap(0, TOP, NOBODY);
    tables.freeTables(0, TOP);
    assertEquals(0, tables.residentPages());
    assertEquals(0, tables.tableCount());
  }

  @Test
  void anAddressBeyondTheTablesIsEmpty() {
    PageTables tables = new PageTables(9);
    assertEquals(Entry.NONE, tables.walk(-PAGE));
    assertEquals(Entry.NONE, tables.translate(1L << 48, Access.READ));
    assertEquals(Entry.NONE, tables.clear(-PAGE, 0, 1));
    assertFalse(tables.retract(-PAGE));
  }

  @Test
  void aFullEntryIsNotReplaced() {
    PageTables tables = new PageTables(3);
    assertTrue(tables.mapPage(PAGE, page(1)));
    assertFalse(tables.mapPage(PAGE, page(2)));
    assertFalse(tables.mapHuge(0, page(8)));
    assertEquals(page(1), tables.walk(PAGE));
  }

  @Test
  void aStoreNeedsPermissionAndLeavesTheEntryDirty() {
    PageTables tables = new PageTables(3);
    tables.mapPage(0, page(1));
    tables.mapPage(PAGE, page(2) | Entry.WRITABLE);
    assertEquals(Entry.NONE, tables.translate(0, Access.WRITE));
    assertEquals(Entry.NONE, tables.translate(0, Access.EXECUTE));
    assertFalse(Entry.isDirty(tables.walk(PAGE)));
    assertNotEquals(Entry.NONE, tables.translate(PAGE, Access.WRITE));
    assertTrue(Entry.isDirty(tables.walk(PAGE)));
    assertTrue(Entry.isDirty(tables.clear(PAGE, 2, 1)));
  }

  @Test
  void clearLeavesAnEntryThatLeadsElsewhere() {
    PageTables tables = new PageTables(3);
    tables.mapPage(0, page(5));
    tables.mapHuge(8 * PAGE, page(16));
    assertEquals(Entry.NONE, tables.clear(0, 6, 2));
    assertEquals(Entry.NONE, tables.clear(8 * PAGE, 24, 8));
    assertEquals(page(5), tables.clear(0, 4, 2));
    assertTrue(Entry.isHuge(tables.clear(11 * PAGE, 16, 8)));
    assertEquals(0, tables.residentPages());
  }

  @Test
  void rule_2_9_onlyAnEmptyTableIsRetracted() {
    PageTables tables = new PageTables(3);
    tables.mapPage(3 * PAGE, page(7));
    assertFalse(tables.retract(0));
    tables.clear(3 * PAGE, 7, 1);
    assertTrue(tables.hasTable(0));
    assertTrue(tables.retract(0));
    assertFalse(tables.hasTable(0));
    assertFalse(tables.retract(0));
    assertTrue(tables.mapHuge(0, page(8)));
    assertFalse(tables.retract(0));
  }

  @Test
  void aTableIsDetachedOnlyIfItMapsThePagesOfTheFolio() {
    PageTables tables = new PageTables(3);
    assertEquals(Detachment.EMPTY, tables.detachMapping(0, 16, NOBODY));
    tables.mapPage(2 * PAGE, page(18));
    tables.mapPage(5 * PAGE, page(3));
    assertEquals(Detachment.OTHER_PAGES, tables.detachMapping(0, 16, NOBODY));
    assertEquals(2, tables.residentPages());
    tables.clear(5 * PAGE, 3, 1);
    List<Long> removed = new ArrayList<>();
    assertEquals(
        Detachment.EMPTY, tables.detachMapping(0, 16, (address, entry) -> removed.add(address)));
    assertEquals(List.of(2 * PAGE), removed);
    assertTrue(tables.mapHuge(0, page(16)));
    assertEquals(Detachment.HUGE, tables.detachMapping(0, 16, NOBODY));
    assertEquals(8, tables.residentPages());
  }

  @Test
  void permitSaysWhetherAnEntryWasNarrowed() {
    PageTables tables = new PageTables(3);
    tables.mapPage(0, page(1));
    tables.mapHuge(8 * PAGE, page(16) | Entry.WRITABLE);
    assertFalse(tables.permit(0, 16 * PAGE, Entry.READABLE | Entry.WRITABLE, NOBODY));
    assertNotEquals(Entry.NONE, tables.translate(0, Access.WRITE));
    assertTrue(tables.permit(0, 8 * PAGE, Entry.READABLE, NOBODY));
    assertEquals(Entry.NONE, tables.translate(0, Access.WRITE));
    List<Long> removed = new ArrayList<>();
    assertTrue(
        tables.permit(
            9 * PAGE, 16 * PAGE, Entry.READABLE, (address, entry) -> removed.add(address)));
    assertEquals(List.of(8 * PAGE), removed, "a huge entry that is cut is removed as a whole");
    assertEquals(Entry.NONE, tables.walk(8 * PAGE));
  }

  /** Random calls against a map from page to entry. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 9})
  void randomCallsAgreeWithAModel(int hugeOrder) {
    long seed = Long.getLong("mm4j.seed", 20260 + hugeOrder);
    Random random = new Random(seed);
    int pages = 4 << hugeOrder;
    long base = (1L << 39) - pages / 2 * PAGE; // across a boundary of every level
    base &= -(PAGE << hugeOrder);
    PageTables tables = new PageTables(hugeOrder);
    TreeMap<Long, Long> model = new TreeMap<>();
    int hugePages = 1 << hugeOrder;
    for (int step = 0; step < 3000; step++) {
      long index = random.nextInt(pages);
      long address = base + index * PAGE;
      long slot = base + index / hugePages * hugePages * PAGE;
      long frame = 1L + random.nextInt(1 << 20);
      String where = "seed " + seed + " step " + step;
      switch (random.nextInt(7)) {
        case 0, 1, 2 -> {
          boolean free = !model.containsKey(address) && !isHuge(model, slot);
          assertEquals(free, tables.mapPage(address, page(frame)), where);
          if (free) {
            model.put(address, page(frame));
          }
        }
        case 3 -> {
          boolean free = !tables.hasTable(slot) && !isHuge(model, slot);
          assertEquals(free, tables.mapHuge(slot, page(frame)), where);
          if (free) {
            model.put(slot, page(frame) | Entry.HUGE);
          }
        }
        case 4 -> {
          long end =
              Math.min(base + pages * PAGE, address + (1 + random.nextInt(3 * hugePages)) * PAGE);
          TreeMap<Long, Long> removed = new TreeMap<>();
          tables.zap(address, end, removed::put);
          Map<Long, Long> expected = covered(model, address, end, hugePages);
          assertEquals(expected, removed, where);
          model.keySet().removeAll(expected.keySet());
        }
        case 5 -> {
          boolean empty = covered(model, slot, slot + hugePages * PAGE, hugePages).isEmpty();
          assertEquals(empty && tables.hasTable(slot), tables.retract(slot), where);
        }
        default -> {
          tables.freeTables(base, base + pages * PAGE);
          assertEquals(
              model.entrySet().stream()
                  .filter(e -> !Entry.isHuge(e.getValue()))
                  .map(e -> e.getKey() / PAGE / hugePages)
                  .distinct()
                  .count(),
              tables.tableCount(),
              where);
        }
      }
      TreeMap<Long, Long> seen = new TreeMap<>();
      tables.forEach(base, base + pages * PAGE, seen::put);
      assertEquals(model, seen, where);
      long resident = model.values().stream().mapToLong(e -> Entry.isHuge(e) ? hugePages : 1).sum();
      assertEquals(resident, tables.residentPages(), where);
    }
  }

  private static boolean isHuge(Map<Long, Long> model, long slot) {
    Long entry = model.get(slot);
    return entry != null && Entry.isHuge(entry);
  }

  private static Map<Long, Long> covered(
      Map<Long, Long> model, long start, long end, int hugePages) {
    Map<Long, Long> covered = new TreeMap<>();
    model.forEach(
        (address, entry) -> {
          long length = Entry.isHuge(entry) ? hugePages * PAGE : PAGE;
          if (address < end && address + length > start) {
            covered.put(address, entry);
          }
        });
    return covered;
  }
}
