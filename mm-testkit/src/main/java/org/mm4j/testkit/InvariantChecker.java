/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mm4j.Pages;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.MemoryAudit.FileBook;
import org.mm4j.spi.MemoryAudit.FolioBook;
import org.mm4j.spi.MemoryAudit.SlotBook;
import org.mm4j.spi.MemoryAudit.SlotKind;
import org.mm4j.spi.MemoryAudit.SpaceBook;
import org.mm4j.spi.MemoryAudit.TranslationBook;

/**
 * Whether the books of a kernel agree with each other while nothing runs.
 *
 * <ul>
 *   <li>Frames: free frames and the folios' frames are all frames; no two folios overlap, each is
 *       aligned to its size.
 *   <li>Folios: references = page-cache slots + translations + pins; map count = translations;
 *       nothing is locked; what is in a page cache is on the LRU and in every slot of its range.
 *   <li>Files: present pages = slots with a folio; charged pages = present pages + swapped ones; no
 *       placeholder; slots ascend, and agree with the folio about file and index.
 *   <li>Spaces: each translation leads to frames of one folio, aligned; no two overlap; the charges
 *       are not more than the folios' pages.
 * </ul>
 *
 * <p>All violations are reported at once.
 */
public final class InvariantChecker {
  private final MemoryAudit audit;
  private final Map<Long, Integer> pins;
  private final List<String> violations = new ArrayList<>();
  private final NavigableMap<Long, FolioBook> byFrame = new TreeMap<>();
  private final Map<Long, Integer> slotsOf = new HashMap<>();
  private final Map<Long, Integer> translationsOf = new HashMap<>();

  private InvariantChecker(MemoryAudit audit, Map<Long, Integer> pins) {
    this.audit = audit;
    this.pins = pins;
  }

  /** Returns what is wrong, without pins; empty if nothing is. */
  public static List<String> check(MemoryAudit audit) {
    return check(audit, Map.of());
  }

  /**
   * Returns what is wrong; empty if nothing is.
   *
   * @param audit the books
   * @param pins how many further references somebody holds, by the first frame of the folio
   */
  public static List<String> check(MemoryAudit audit, Map<Long, Integer> pins) {
    InvariantChecker checker = new InvariantChecker(audit, pins);
    checker.checkFrames();
    audit.files().forEach(checker::checkFile);
    audit.spaces().forEach(checker::checkSpace);
    checker.checkSpaceCharges();
    audit.folios().forEach(checker::checkFolio);
    checker.checkPins();
    return List.copyOf(checker.violations);
  }

  /**
   * Asserts that nothing is wrong, without pins.
   *
   * @throws AssertionError that lists what is wrong, one line each
   */
  public static void assertHolds(MemoryAudit audit) {
    assertHolds(audit, Map.of());
  }

  /**
   * Asserts that nothing is wrong.
   *
   * @param pins as in {@link #check(MemoryAudit, Map)}
   * @throws AssertionError that lists what is wrong, one line each
   */
  public static void assertHolds(MemoryAudit audit, Map<Long, Integer> pins) {
    fail("the books do not agree", check(audit, pins));
  }

  /**
   * Asserts that nothing is in use: every frame free, no folio, nothing charged.
   *
   * @throws AssertionError that lists what is left, one line each
   */
  public static void assertBalanced(MemoryAudit audit) {
    List<String> left = new ArrayList<>();
    if (audit.freeFrames() != audit.totalFrames()) {
      left.add("%d of %d frames are free".formatted(audit.freeFrames(), audit.totalFrames()));
    }
    audit.folios().forEach(folio -> left.add("left: " + describe(folio)));
    for (FileBook file : audit.files()) {
      if (file.chargedPages() != 0 || file.presentPages() != 0 || !file.slots().isEmpty()) {
        left.add(
            "left: file %s with %d charged, %d present pages, %d slots"
                .formatted(
                    file.name(), file.chargedPages(), file.presentPages(), file.slots().size()));
      }
    }
    for (SpaceBook space : audit.spaces()) {
      if (space.chargedPages() != 0 || !space.translations().isEmpty()) {
        left.add(
            "left: space %d with %d charged pages, %d translations"
                .formatted(space.id(), space.chargedPages(), space.translations().size()));
      }
    }
    fail("not everything was given back", left);
  }

  private static void fail(String what, List<String> lines) {
    if (!lines.isEmpty()) {
      String separator = System.lineSeparator() + "  - ";
      throw new AssertionError(what + ":" + separator + String.join(separator, lines));
    }
  }

  // ------------------------------------------------------------ frames

  private void checkFrames() {
    long used = 0;
    for (FolioBook folio : audit.folios()) {
      long pages = pages(folio);
      used += pages;
      if (folio.frame() % pages != 0) {
        report("%s is not aligned to its size", describe(folio));
      }
      if (folio.frame() < 0 || folio.frame() + pages > audit.totalFrames()) {
        report("%s is outside of the %d frames", describe(folio), audit.totalFrames());
      }
      FolioBook twin = byFrame.put(folio.frame(), folio);
      if (twin != null) {
        report("two folios at one frame: %s and %s", describe(twin), describe(folio));
      }
    }
    FolioBook before = null;
    for (FolioBook folio : byFrame.values()) {
      if (before != null && before.frame() + pages(before) > folio.frame()) {
        report("folios overlap: %s and %s", describe(before), describe(folio));
      }
      before = folio;
    }
    if (audit.freeFrames() + used != audit.totalFrames()) {
      report(
          "%d free frames + %d frames of folios are not %d frames",
          audit.freeFrames(), used, audit.totalFrames());
    }
  }

  // ------------------------------------------------------------ files

  private void checkFile(FileBook file) {
    long present = 0;
    long swapped = 0;
    long last = -1;
    for (SlotBook slot : file.slots()) {
      if (slot.index() <= last) {
        report("file %s: slot %d comes after slot %d", file.name(), slot.index(), last);
      }
      last = slot.index();
      if (slot.kind() == SlotKind.FOLIO) {
        present++;
        checkFolioSlot(file, slot);
      } else if (slot.kind() == SlotKind.SWAP) {
        swapped++;
      } else {
        report("file %s: placeholder at index %d", file.name(), slot.index());
      }
    }
    if (file.presentPages() != present) {
      report("file %s: counts %d present pages, has %d", file.name(), file.presentPages(), present);
    }
    if (file.chargedPages() != present + swapped) {
      report(
          "file %s: %d pages charged for %d present and %d swapped ones",
          file.name(), file.chargedPages(), present, swapped);
    }
  }

  private void checkFolioSlot(FileBook file, SlotBook slot) {
    FolioBook folio = byFrame.get(slot.frame());
    if (folio == null) {
      report(
          "file %s: index %d leads to frame 0x%x, where no folio begins",
          file.name(), slot.index(), slot.frame());
      return;
    }
    slotsOf.merge(folio.frame(), 1, Integer::sum);
    boolean inRange = slot.index() >= folio.index() && slot.index() - folio.index() < pages(folio);
    if (!file.name().equals(folio.fileName()) || !inRange) {
      report("file %s: index %d leads to %s", file.name(), slot.index(), describe(folio));
    }
  }

  // ------------------------------------------------------------ spaces

  private void checkSpace(SpaceBook space) {
    TranslationBook before = null;
    for (TranslationBook translation : space.translations()) {
      if (before != null && !follows(before, translation)) {
        report(
            "space %d: translations overlap or descend: %s, %s",
            space.id(), describe(before), describe(translation));
      }
      before = translation;
      checkTranslation(space, translation);
    }
  }

  private static boolean follows(TranslationBook before, TranslationBook after) {
    long end = before.address() + ((long) Pages.SIZE_BYTES << before.order());
    return Long.compareUnsigned(before.address(), after.address()) < 0
        && Long.compareUnsigned(end, after.address()) <= 0;
  }

  private void checkTranslation(SpaceBook space, TranslationBook translation) {
    long pages = 1L << translation.order();
    if (translation.frame() % pages != 0
        || Long.remainderUnsigned(translation.address(), pages << Pages.SHIFT) != 0) {
      report("space %d: not aligned: %s", space.id(), describe(translation));
    }
    FolioBook folio = containing(translation.frame());
    if (folio == null || translation.frame() + pages > folio.frame() + pages(folio)) {
      report(
          "space %d: %s leads to %s",
          space.id(),
          describe(translation),
          folio == null ? "free memory" : "beyond the end of " + describe(folio));
      return;
    }
    translationsOf.merge(folio.frame(), 1, Integer::sum);
  }

  private @Nullable FolioBook containing(long frame) {
    Map.Entry<Long, FolioBook> entry = byFrame.floorEntry(frame);
    if (entry == null || frame >= entry.getKey() + pages(entry.getValue())) {
      return null;
    }
    return entry.getValue();
  }

  private void checkSpaceCharges() {
    long charged = 0;
    for (SpaceBook space : audit.spaces()) {
      charged += space.chargedPages();
      if (space.chargedPages() < 0) {
        report("space %d: %d pages charged", space.id(), space.chargedPages());
      }
    }
    long used = audit.totalFrames() - audit.freeFrames();
    if (charged > used) {
      report("%d pages charged to spaces, but only %d are in use", charged, used);
    }
  }

  // ------------------------------------------------------------ folios

  private void checkFolio(FolioBook folio) {
    int slots = slotsOf.getOrDefault(folio.frame(), 0);
    int translations = translationsOf.getOrDefault(folio.frame(), 0);
    int pinned = pins.getOrDefault(folio.frame(), 0);
    if (folio.mapCount() != translations) {
      report("%d translations lead to %s", translations, describe(folio));
    }
    if (folio.references() != slots + translations + pinned) {
      report(
          "%d slots + %d translations + %d pins refer to %s",
          slots, translations, pinned, describe(folio));
    } else if (folio.references() <= 0) {
      report("nothing refers to %s", describe(folio));
    }
    if (folio.locked()) {
      report("locked: %s", describe(folio));
    }
    checkPlace(folio, slots);
  }

  private void checkPlace(FolioBook folio, int slots) {
    int expected = folio.fileName() == null ? 0 : 1 << folio.order();
    if (slots != expected) {
      report("in %d slots instead of %d: %s", slots, expected, describe(folio));
    }
    if (slots > 0 && !folio.onLru()) {
      report("in a page cache but not on the LRU: %s", describe(folio));
    }
  }

  private void checkPins() {
    pins.forEach(
        (frame, count) -> {
          if (count != 0 && !byFrame.containsKey(frame)) {
            report("%d pins of frame 0x%x, where no folio begins", count, frame);
          }
        });
  }

  // ------------------------------------------------------------ text

  @SuppressWarnings("AnnotateFormatMethod") // private; each violation has a test that formats it
  private void report(String format, @Nullable Object... arguments) {
    violations.add(format.formatted(arguments));
  }

  private static long pages(FolioBook folio) {
    return 1L << folio.order();
  }

  static String describe(FolioBook folio) {
    return "folio at frame 0x%x order %d references %d mapped %d%s%s%s%s"
        .formatted(
            folio.frame(),
            folio.order(),
            folio.references(),
            folio.mapCount(),
            folio.fileName() == null ? "" : " index " + folio.index() + " of " + folio.fileName(),
            folio.locked() ? " locked" : "",
            folio.onLru() ? " lru" : "",
            folio.upToDate() ? " uptodate" : "");
  }

  static String describe(TranslationBook translation) {
    return "0x%x -> frame 0x%x order %d %s"
        .formatted(
            translation.address(),
            translation.frame(),
            translation.order(),
            translation.writable() ? "writable" : "read-only");
  }
}
