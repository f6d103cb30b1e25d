/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.MemoryAudit.FolioBook;
import org.mm4j.spi.MemoryAudit.SlotBook;
import org.mm4j.spi.MemoryAudit.SlotKind;
import org.mm4j.spi.MemoryAudit.TranslationBook;

final class InvariantCheckerTest {
  @Test
  void acceptsBooksThatAgree() {
    assertEquals(List.of(), InvariantChecker.check(new Books().audit()));
    assertDoesNotThrow(() -> InvariantChecker.assertHolds(new Books().audit()));
  }

  /** What is wrong, how the books are broken, and the violations, each by a part of its line. */
  static Stream<Arguments> wrongBooks() {
    return Stream.of(
        wrong("a frame leaks", b -> b.freeFrames--, "21 free frames + 10 frames"),
        wrong(
            "a folio nobody knows",
            b -> {
              b.folios.add(new FolioBook(5, 0, 1, 0, false, false, true, null, 0));
              b.freeFrames--;
            },
            "0 slots + 0 translations + 0 pins refer to folio at frame 0x5"),
        wrong(
            "a frozen folio",
            b -> {
              b.folios.add(new FolioBook(5, 0, 0, 0, false, false, true, null, 0));
              b.freeFrames--;
            },
            "nothing refers to folio at frame 0x5"),
        wrong(
            "two folios overlap",
            b -> {
              b.folios.add(new FolioBook(9, 0, 1, 0, false, false, true, null, 0));
              b.freeFrames--;
            },
            "folios overlap: folio at frame 0x8",
            "refer to folio at frame 0x9"),
        wrong(
            "a folio out of place",
            b -> {
              b.folios.add(new FolioBook(30, 2, 1, 0, false, false, true, null, 0));
              b.freeFrames -= 4;
            },
            "folio at frame 0x1e order 2 references 1 mapped 0 uptodate is not aligned",
            "is outside of the 32 frames",
            "refer to folio at frame 0x1e"),
        wrong(
            "a reference too many",
            b -> b.folios.set(0, Books.folio(1, 0, 3, 1, 0)),
            "1 slots + 1 translations + 0 pins refer to folio at frame 0x1 order 0 references 3"),
        wrong(
            "a map count too small",
            b -> b.folios.set(2, Books.folio(8, 3, 9, 0, 8)),
            "1 translations lead to folio at frame 0x8"),
        wrong(
            "a locked folio",
            b -> b.folios.set(0, new FolioBook(1, 0, 2, 1, true, true, true, "guest", 0)),
            "locked: folio at frame 0x1"),
        wrong(
            "a folio never put back",
            b -> b.folios.set(0, new FolioBook(1, 0, 2, 1, false, false, true, "guest", 0)),
            "not on the LRU: folio at frame 0x1"),
        wrong(
            "a folio with another index",
            b -> b.folios.set(0, Books.folio(1, 0, 2, 1, 7)),
            "index 0 leads to folio at frame 0x1"),
        wrong(
            "a folio of another file",
            b -> b.folios.set(0, new FolioBook(1, 0, 2, 1, false, true, true, "other", 0)),
            "file guest: index 0 leads to folio at frame 0x1"),
        wrong(
            "a slot of a huge page is missing",
            b -> {
              b.slots.removeLast();
              b.presentPages--;
              b.chargedPages--;
              b.folios.set(2, Books.folio(8, 3, 8, 1, 8));
            },
            "in 7 slots instead of 8: folio at frame 0x8"),
        wrong(
            "a placeholder is left",
            b -> b.slots.add(2, new SlotBook(2, -1, SlotKind.PLACEHOLDER)),
            "file guest: placeholder at index 2"),
        wrong(
            "a slot leads nowhere",
            b -> {
              b.slots.add(2, new SlotBook(2, 6, SlotKind.FOLIO));
              b.presentPages++;
              b.chargedPages++;
            },
            "index 2 leads to frame 0x6, where no folio begins"),
        wrong("present pages miscounted", b -> b.presentPages--, "counts 9 present pages, has 10"),
        wrong(
            "a charge leaks",
            b -> b.chargedPages++,
            "12 pages charged for 10 present and 1 swapped ones"),
        wrong(
            "a stale translation",
            b -> b.translations.add(1, new TranslationBook(0x11000, 6, 0, true)),
            "space 1: 0x11000 -> frame 0x6 order 0 writable leads to free memory"),
        wrong(
            "a huge translation of a small page",
            b -> b.translations.set(0, new TranslationBook(0x10000, 0, 3, true)),
            "space 1: 0x10000 -> frame 0x0 order 3 writable leads to free memory",
            "0 translations lead to folio at frame 0x1",
            "1 slots + 0 translations + 0 pins refer to folio at frame 0x1"),
        wrong(
            "two translations of one address",
            b -> {
              b.translations.add(new TranslationBook(0x1f000, 15, 0, true));
              b.folios.set(2, Books.folio(8, 3, 10, 2, 8));
            },
            "translations overlap or descend: 0x18000"),
        wrong(
            "a huge translation at an odd address",
            b -> b.translations.set(1, new TranslationBook(0x19000, 8, 3, true)),
            "not aligned: 0x19000"),
        wrong(
            "more charged to spaces than in use",
            b -> b.spaceCharge = 11,
            "11 pages charged to spaces, but only 10 are in use"));
  }

  private static Arguments wrong(String name, Consumer<Books> breaking, String... lines) {
    return Arguments.of(name, breaking, List.of(lines));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongBooks")
  void reportsExactlyWhatIsWrong(String name, Consumer<Books> breaking, List<String> lines) {
    Books books = new Books();
    breaking.accept(books);
    List<String> violations = InvariantChecker.check(books.audit());
    assertEquals(lines.size(), violations.size(), violations::toString);
    for (String line : lines) {
      assertTrue(violations.stream().anyMatch(v -> v.contains(line)), violations::toString);
    }
    AssertionError error =
        assertThrows(AssertionError.class, () -> InvariantChecker.assertHolds(books.audit()));
    lines.forEach(line -> assertTrue(error.getMessage().contains(line), error.getMessage()));
  }

  @Test
  void countsPins() {
    Books books = new Books();
    books.folios.set(0, Books.folio(1, 0, 4, 1, 0));
    assertEquals(List.of(), InvariantChecker.check(books.audit(), Map.of(1L, 2)));
    assertEquals(1, InvariantChecker.check(books.audit(), Map.of(1L, 1)).size());
    assertEquals(1, InvariantChecker.check(new Books().audit(), Map.of(6L, 1)).size());
  }

  @Test
  void reportsWhatIsLeftAtTheEnd() {
    AssertionError error =
        assertThrows(
            AssertionError.class, () -> InvariantChecker.assertBalanced(new Books().audit()));
    assertTrue(error.getMessage().contains("22 of 32 frames are free"), error.getMessage());
    assertTrue(error.getMessage().contains("left: folio at frame 0x8"), error.getMessage());
    assertTrue(error.getMessage().contains("left: file guest with 11"), error.getMessage());
    assertTrue(error.getMessage().contains("left: space 1 with 10"), error.getMessage());
    InvariantChecker.assertBalanced(new MemoryAudit(32, 32, List.of(), List.of(), List.of()));
  }
}
