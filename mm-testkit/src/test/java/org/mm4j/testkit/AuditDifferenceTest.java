/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.PageRange;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.MemoryAudit.FolioBook;
import org.mm4j.spi.MemoryAudit.SlotBook;
import org.mm4j.spi.MemoryAudit.SlotKind;
import org.mm4j.spi.MemoryAudit.TranslationBook;
import org.mm4j.testkit.AuditDifference.Allowance;

final class AuditDifferenceTest {
  private static final Allowance FAILED = Allowance.failedCollapse("guest", new PageRange(0, 8));

  /** What changed, how, and the lines that report it. */
  static Stream<Arguments> changes() {
    return Stream.of(
        changed("nothing", b -> {}),
        changed("a lost frame", b -> b.freeFrames--, "free frames: 22 -> 21"),
        changed(
            "a lost reference",
            b -> b.folios.set(0, Books.folio(1, 0, 1, 1, 0)),
            "frame 0x1: references besides translations: 1 -> 0"),
        changed(
            "a lock",
            b -> b.folios.set(0, new FolioBook(1, 0, 2, 1, true, true, true, "guest", 0)),
            "frame 0x1: locked: false -> true"),
        changed(
            "isolation",
            b -> b.folios.set(0, new FolioBook(1, 0, 2, 1, false, false, true, "guest", 0)),
            "frame 0x1: on LRU: true -> false"),
        changed(
            "content lost",
            b -> b.folios.set(0, new FolioBook(1, 0, 2, 1, false, true, false, "guest", 0)),
            "frame 0x1: up to date: true -> false"),
        changed(
            "a filled hole",
            b -> b.slots.add(2, new SlotBook(2, 8, SlotKind.FOLIO)),
            "file guest: index 2: hole -> folio at frame 0x8"),
        changed(
            "a placeholder",
            b -> b.slots.add(2, new SlotBook(2, -1, SlotKind.PLACEHOLDER)),
            "file guest: index 2: hole -> PLACEHOLDER"),
        changed(
            "a lost page",
            b -> {
              b.slots.removeFirst();
              b.folios.removeFirst();
            },
            "file guest: index 0: folio at frame 0x1 -> hole",
            "gone: folio at frame 0x1"),
        changed("present pages", b -> b.presentPages++, "present pages: 10 -> 11"),
        changed("a charge", b -> b.chargedPages++, "charged pages: 11 -> 12"),
        changed("a charge of the space", b -> b.spaceCharge--, "space 1: charged pages: 10 -> 9"),
        changed(
            "a translation outside of the range",
            b -> b.translations.removeLast(),
            "space 1: 0x18000 -> frame 0x8 order 3 writable -> nothing"),
        changed(
            "a new translation",
            b -> b.translations.add(1, new TranslationBook(0x13000, 3, 0, true)),
            "space 1: nothing -> 0x13000 -> frame 0x3"),
        changed(
            "a writable translation",
            b -> b.translations.set(0, new TranslationBook(0x10000, 1, 0, false)),
            "0x10000 -> frame 0x1 order 0 read-only"));
  }

  private static Arguments changed(String name, Consumer<Books> change, String... lines) {
    return Arguments.of(name, change, List.of(lines));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void reportsExactlyWhatChanged(String name, Consumer<Books> change, List<String> lines) {
    Books books = new Books();
    MemoryAudit before = books.audit();
    change.accept(books);
    assertLines(lines, AuditDifference.between(before, books.audit()));
    assertLines(lines, AuditDifference.between(before, books.audit(), FAILED));
  }

  private static void assertLines(List<String> lines, AuditDifference difference) {
    assertEquals(lines.size(), difference.changes().size(), difference::toString);
    for (String line : lines) {
      assertTrue(
          difference.changes().stream().anyMatch(change -> change.contains(line)),
          difference::toString);
    }
    if (lines.isEmpty()) {
      difference.assertNone();
    } else {
      assertThrows(AssertionError.class, difference::assertNone);
    }
  }

  @Test
  void allowsAFailedCollapseToLoseTranslationsOfItsRange() {
    Books books = new Books();
    MemoryAudit before = books.audit();
    books.translations.removeFirst();
    books.folios.set(0, Books.folio(1, 0, 1, 0, 0));
    AuditDifference.between(before, books.audit(), FAILED).assertNone();
    AuditDifference.between(before, books.audit(), Allowance.nothing().withLostTranslations())
        .assertNone();
    assertLines(
        List.of("frame 0x1: map count: 1 -> 0", "space 1: 0x10000 -> frame 0x1"),
        AuditDifference.between(before, books.audit()));
    assertEquals(
        2,
        AuditDifference.between(
                before, books.audit(), Allowance.failedCollapse("guest", new PageRange(8, 8)))
            .changes()
            .size());
    assertEquals(
        2,
        AuditDifference.between(
                before, books.audit(), Allowance.failedCollapse("other", new PageRange(0, 8)))
            .changes()
            .size());
  }

  @Test
  void allowsAFailedCollapseToWriteFallocatedPages() {
    Books books = new Books();
    MemoryAudit before = books.audit();
    books.folios.set(1, new FolioBook(3, 0, 1, 0, false, true, true, "guest", 3));
    AuditDifference.between(before, books.audit(), FAILED).assertNone();
    AuditDifference.between(
            before,
            books.audit(),
            Allowance.nothing().withWrittenFallocations().in("guest", new PageRange(3, 1)))
        .assertNone();
    assertLines(
        List.of("frame 0x3: up to date: false -> true"),
        AuditDifference.between(before, books.audit()));
  }

  @Test
  void allowsAFailedCollapseToSwapIn() {
    Books books = new Books();
    MemoryAudit before = books.audit();
    books.folios.add(1, Books.folio(2, 0, 1, 0, 1));
    books.slots.set(1, new SlotBook(1, 2, SlotKind.FOLIO));
    books.freeFrames--;
    books.presentPages++;
    books.spaceCharge++;
    assertEquals(List.of(), InvariantChecker.check(books.audit()), "a state there can be");
    AuditDifference.between(before, books.audit(), FAILED).assertNone();
    AuditDifference.between(before, books.audit(), Allowance.nothing().withSwappedIn())
        .assertNone();
    assertEquals(5, AuditDifference.between(before, books.audit()).changes().size());
    books.spaceCharge++;
    assertLines(
        List.of("pages charged to all spaces: 10 -> 12"),
        AuditDifference.between(before, books.audit(), FAILED));
  }

  @Test
  void tellsFilesAndSpacesThatCameOrWent() {
    MemoryAudit full = new Books().audit();
    MemoryAudit empty = new MemoryAudit(32, 32, List.of(), List.of(), List.of());
    List<String> gone = AuditDifference.between(full, empty).changes();
    assertTrue(gone.contains("file guest: gone"), gone::toString);
    assertTrue(gone.contains("space 1: gone"), gone::toString);
    List<String> made = AuditDifference.between(empty, full).changes();
    assertTrue(made.contains("file guest: new"), made::toString);
    assertTrue(made.contains("space 1: new"), made::toString);
  }
}
