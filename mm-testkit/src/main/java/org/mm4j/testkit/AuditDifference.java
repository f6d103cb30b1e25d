/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mm4j.PageRange;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.MemoryAudit.FileBook;
import org.mm4j.spi.MemoryAudit.FolioBook;
import org.mm4j.spi.MemoryAudit.SlotBook;
import org.mm4j.spi.MemoryAudit.SlotKind;
import org.mm4j.spi.MemoryAudit.SpaceBook;
import org.mm4j.spi.MemoryAudit.TranslationBook;

/**
 * What an operation changed in the books of a kernel: folios and holes, counts, flags, charges,
 * translations.
 *
 * <pre>{@code
 * MemoryAudit before = kernel.audit();
 * ... a collapse that fails ...
 * AuditDifference.between(before, kernel.audit(), Allowance.failedCollapse("guest", range))
 *     .assertNone();
 * }</pre>
 *
 * <p>References are compared without those of translations, which are compared by themselves: a
 * page that was unmapped and nothing else shows one change, not three. A folio is the same folio if
 * it begins at the same frame.
 */
public final class AuditDifference {
  private final MemoryAudit before;
  private final MemoryAudit after;
  private final Allowance allowance;
  private final List<String> changes = new ArrayList<>();
  private long swappedIn;

  private AuditDifference(MemoryAudit before, MemoryAudit after, Allowance allowance) {
    this.before = before;
    this.after = after;
    this.allowance = allowance;
  }

  /**
   * What may change without being reported. Immutable; start with {@link #nothing} or {@link
   * #failedCollapse}.
   *
   * @param fileName the only file whose pages may change so, or null for all
   * @param range the only pages that may change so, or null for all
   * @param lostTranslations translations may be gone (their pages fault again)
   * @param writtenFallocations folios that were not up to date may have become so
   * @param swappedIn swapped pages may have become folios, with the frames and charges of spaces
   *     that this takes
   */
  public record Allowance(
      @Nullable String fileName,
      @Nullable PageRange range,
      boolean lostTranslations,
      boolean writtenFallocations,
      boolean swappedIn) {
    /** Permits no change. */
    public static Allowance nothing() {
      return new Allowance(null, null, false, false, false);
    }

    /**
     * Permits exactly what a collapse that fails does not undo: translations of the range's pages
     * are gone, fallocated pages have become data, swapped pages are back.
     *
     * @param fileName the file
     * @param range the range that should have been collapsed
     */
    public static Allowance failedCollapse(String fileName, PageRange range) {
      return new Allowance(fileName, range, true, true, true);
    }

    /** Permits the following changes only in one range of one file. */
    public Allowance in(String file, PageRange pages) {
      return new Allowance(file, pages, lostTranslations, writtenFallocations, swappedIn);
    }

    /** Permits that translations are gone. */
    public Allowance withLostTranslations() {
      return new Allowance(fileName, range, true, writtenFallocations, swappedIn);
    }

    /** Permits that fallocated pages have become data. */
    public Allowance withWrittenFallocations() {
      return new Allowance(fileName, range, lostTranslations, true, swappedIn);
    }

    /** Permits that swapped pages have become folios. */
    public Allowance withSwappedIn() {
      return new Allowance(fileName, range, lostTranslations, writtenFallocations, true);
    }

    private boolean covers(@Nullable String file, long index) {
      return (fileName == null || fileName.equals(file))
          && (range == null || range.contains(index));
    }

    private boolean covers(FolioBook folio) {
      return covers(folio.fileName(), folio.index());
    }
  }

  /** Compares without any allowance. */
  public static AuditDifference between(MemoryAudit before, MemoryAudit after) {
    return between(before, after, Allowance.nothing());
  }

  /** Compares and leaves out what is allowed. */
  public static AuditDifference between(
      MemoryAudit before, MemoryAudit after, Allowance allowance) {
    AuditDifference difference = new AuditDifference(before, after, allowance);
    difference.compareFiles();
    difference.compareFolios();
    difference.compareSpaces();
    difference.compare("total frames", before.totalFrames(), after.totalFrames());
    difference.compare(
        "free frames", before.freeFrames() - difference.swappedIn, after.freeFrames());
    return difference;
  }

  /** Returns what changed, one line each; empty if nothing did. */
  public List<String> changes() {
    return List.copyOf(changes);
  }

  /** Returns whether nothing changed but what is allowed. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /**
   * Asserts that nothing changed but what is allowed.
   *
   * @throws AssertionError that lists the changes, one line each
   */
  public void assertNone() {
    if (!isEmpty()) {
      throw new AssertionError("the books changed:" + this);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    changes.forEach(change -> text.append(System.lineSeparator()).append("  - ").append(change));
    return text.toString();
  }

  // ------------------------------------------------------------ files

  private void compareFiles() {
    pair(
        named(before.files()),
        named(after.files()),
        (name, old, now) -> {
          if (old == null || now == null) {
            changes.add("file " + name + (old == null ? ": new" : ": gone"));
            return;
          }
          compare("file " + name + ": size in bytes", old.sizeBytes(), now.sizeBytes());
          long broughtIn = compareSlots(old, now);
          compare(
              "file " + name + ": present pages",
              old.presentPages() + broughtIn,
              now.presentPages());
          compare("file " + name + ": charged pages", old.chargedPages(), now.chargedPages());
          swappedIn += broughtIn;
        });
  }

  /** Names may repeat; then the order of creation tells files apart. */
  private static Map<String, FileBook> named(List<FileBook> files) {
    Map<String, FileBook> map = new TreeMap<>();
    for (FileBook file : files) {
      String name = file.name();
      for (int copy = 2; map.containsKey(name); copy++) {
        name = file.name() + " #" + copy;
      }
      map.put(name, file);
    }
    return map;
  }

  /** Returns how many swapped pages became folios, as is allowed. */
  private long compareSlots(FileBook old, FileBook now) {
    long[] broughtIn = {0};
    pair(
        keyed(old.slots(), SlotBook::index),
        keyed(now.slots(), SlotBook::index),
        (index, was, is) -> {
          if (Objects.equals(was, is)) {
            return;
          }
          boolean swapIn =
              was != null
                  && is != null
                  && was.kind() == SlotKind.SWAP
                  && is.kind() == SlotKind.FOLIO;
          if (swapIn && allowance.swappedIn() && allowance.covers(old.name(), index)) {
            broughtIn[0]++;
          } else {
            changes.add(
                "file %s: index %d: %s -> %s"
                    .formatted(old.name(), index, describe(was), describe(is)));
          }
        });
    return broughtIn[0];
  }

  private static String describe(@Nullable SlotBook slot) {
    if (slot == null) {
      return "hole";
    }
    return slot.kind() == SlotKind.FOLIO
        ? "folio at frame 0x" + Long.toHexString(slot.frame())
        : slot.kind().toString();
  }

  // ------------------------------------------------------------ folios

  private void compareFolios() {
    pair(
        keyed(before.folios(), FolioBook::frame),
        keyed(after.folios(), FolioBook::frame),
        (frame, old, now) -> {
          if (old != null && now != null) {
            compareFolio(old, now);
          } else if (old != null) {
            changes.add("gone: " + InvariantChecker.describe(old));
          } else if (now != null && !isSwapIn(now)) {
            changes.add("new: " + InvariantChecker.describe(now));
          }
        });
  }

  private boolean isSwapIn(FolioBook folio) {
    if (!allowance.swappedIn() || folio.order() != 0 || !allowance.covers(folio)) {
      return false;
    }
    return before.files().stream()
        .filter(file -> file.name().equals(folio.fileName()))
        .flatMap(file -> file.slots().stream())
        .anyMatch(slot -> slot.index() == folio.index() && slot.kind() == SlotKind.SWAP);
  }

  private void compareFolio(FolioBook old, FolioBook now) {
    String name = "folio at frame 0x" + Long.toHexString(old.frame());
    compare(name + ": order", old.order(), now.order());
    compare(
        name + ": references besides translations",
        old.references() - old.mapCount(),
        now.references() - now.mapCount());
    boolean mayBeUnmapped = allowance.lostTranslations() && allowance.covers(old);
    if (!mayBeUnmapped || now.mapCount() > old.mapCount()) {
      compare(name + ": map count", old.mapCount(), now.mapCount());
    }
    compare(name + ": locked", old.locked(), now.locked());
    compare(name + ": on LRU", old.onLru(), now.onLru());
    boolean mayBecomeData = allowance.writtenFallocations() && allowance.covers(old);
    if (!mayBecomeData || old.upToDate()) {
      compare(name + ": up to date", old.upToDate(), now.upToDate());
    }
    compare(name + ": file", old.fileName(), now.fileName());
    compare(name + ": index", old.index(), now.index());
  }

  // ------------------------------------------------------------ spaces

  private void compareSpaces() {
    pair(
        keyed(before.spaces(), SpaceBook::id),
        keyed(after.spaces(), SpaceBook::id),
        (id, old, now) -> {
          if (old == null || now == null) {
            changes.add("space " + id + (old == null ? ": new" : ": gone"));
            return;
          }
          compareTranslations(old, now);
        });
    compareSpaceCharges();
  }

  /** A page that was swapped in may be charged to any space; so the sum has to be right. */
  private void compareSpaceCharges() {
    if (swappedIn == 0) {
      Map<Long, SpaceBook> now = keyed(after.spaces(), SpaceBook::id);
      for (SpaceBook old : before.spaces()) {
        SpaceBook same = now.get(old.id());
        if (same != null) {
          compare("space " + old.id() + ": charged pages", old.chargedPages(), same.chargedPages());
        }
      }
      return;
    }
    long old = before.spaces().stream().mapToLong(SpaceBook::chargedPages).sum();
    long now = after.spaces().stream().mapToLong(SpaceBook::chargedPages).sum();
    if (now < old || now > old + swappedIn) {
      compare("pages charged to all spaces", old, now);
    }
  }

  private void compareTranslations(SpaceBook old, SpaceBook now) {
    pair(
        keyed(old.translations(), TranslationBook::address),
        keyed(now.translations(), TranslationBook::address),
        (address, was, is) -> {
          if (Objects.equals(was, is) || (was != null && is == null && mayBeLost(was))) {
            return;
          }
          changes.add(
              "space %d: %s -> %s"
                  .formatted(
                      old.id(),
                      was == null ? "nothing" : InvariantChecker.describe(was),
                      is == null ? "nothing" : InvariantChecker.describe(is)));
        });
  }

  private boolean mayBeLost(TranslationBook translation) {
    if (!allowance.lostTranslations()) {
      return false;
    }
    for (FolioBook folio : before.folios()) {
      long page = translation.frame() - folio.frame();
      if (page >= 0 && page < 1L << folio.order()) {
        return allowance.covers(folio.fileName(), folio.index() + page);
      }
    }
    return false;
  }

  // ------------------------------------------------------------ comparing

  private void compare(String what, @Nullable Object old, @Nullable Object now) {
    if (!Objects.equals(old, now)) {
      changes.add(what + ": " + old + " -> " + now);
    }
  }

  /** Gets an element of before, of after, or both, that have the same key. */
  private interface Pairing<K, T> {
    void accept(K key, @Nullable T old, @Nullable T now);
  }

  private static <K extends Comparable<K>, T> void pair(
      Map<K, T> old, Map<K, T> now, Pairing<K, T> pairing) {
    Map<K, T> all = new TreeMap<>(now);
    all.putAll(old);
    all.keySet().forEach(key -> pairing.accept(key, old.get(key), now.get(key)));
  }

  private static <T> Map<Long, T> keyed(List<T> elements, Function<T, Long> key) {
    Map<Long, T> map = new TreeMap<>();
    elements.forEach(element -> map.put(key.apply(element), element));
    return map;
  }
}
