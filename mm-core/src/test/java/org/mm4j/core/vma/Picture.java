/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.Pages;
import org.mm4j.spi.FaultOutcome;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageFault;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;

/**
 * An address space drawn as a string, one letter per page: what is mapped there. A dot is nothing,
 * a bar stands between two VMAs of the same letter that touch.
 *
 * <pre>
 *   A  readable, file one at the offset of its page      B  writable as well
 *   C  executable as well                                X  as A, at another offset
 *   Y  as A, file two                                    N  as A, anonymous
 *   a  as A, watched by userfaultfd one                  e  as A, watched by userfaultfd two
 * </pre>
 */
final class Picture {
  static final String LETTERS = "ABCXYNae";

  private static final long BASE_PAGE = 0x1_0000;
  private static final long OTHER_OFFSET = 1000;
  private static final long READ = VmaFlag.READ.bit();

  final TestMemory mm = new TestMemory(1);
  final VmaLayout layout = mm.layout;
  final TestFile fileOne = new TestFile("one");
  final TestFile fileTwo = new TestFile("two");
  private final UserfaultWatcher watcherOne = new Watcher();
  private final UserfaultWatcher watcherTwo = new Watcher();
  private final int pageCount;

  private static final class Watcher implements UserfaultWatcher {
    @Override
    public FaultOutcome missing(PageFault fault) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void addressSpaceExits(MemoryDescriptor mm) {}
  }

  /** Draws an address space, each run of a letter one VMA. */
  Picture(String text) {
    this.pageCount = text.length();
    for (int from = 0; from < pageCount; ) {
      int to = from;
      while (to < pageCount && text.charAt(to) == text.charAt(from)) {
        to++;
      }
      if (text.charAt(from) != '.') {
        layout.insert(vma(from, to - 1, text.charAt(from)));
      }
      from = to;
    }
    check();
  }

  /** Returns the address of a page. */
  static long address(int page) {
    return (BASE_PAGE + page) << Pages.SHIFT;
  }

  /** Returns the addresses of pages, the last one included. */
  static AddressRange pages(int first, int last) {
    return AddressRange.between(address(first), address(last + 1));
  }

  /** Makes a VMA that is not in the layout. */
  MappedVma vma(int first, int last, char letter) {
    return new MappedVma(
        mm,
        pages(first, last),
        letter == 'N' ? null : letter == 'Y' ? fileTwo : fileOne,
        BASE_PAGE + first + (letter == 'X' ? OTHER_OFFSET : 0),
        flagsOf(letter),
        watcherOf(letter));
  }

  private static long flagsOf(char letter) {
    return switch (letter) {
      case 'B' -> READ | VmaFlag.WRITE.bit();
      case 'C' -> READ | VmaFlag.WRITE.bit() | VmaFlag.EXECUTE.bit();
      default -> READ;
    };
  }

  private UserfaultWatcher watcherOf(char letter) {
    return letter == 'a' ? watcherOne : letter == 'e' ? watcherTwo : null;
  }

  /** Maps pages, replacing what is there. */
  void map(int first, int last, char letter) {
    locked(
        () -> {
          layout.cutOut(pages(first, last));
          layout.insertMerging(vma(first, last, letter));
        });
  }

  /** Frees pages. */
  List<MappedVma> cut(int first, int last) {
    mm.mmapLock().lock();
    try {
      return layout.cutOut(pages(first, last));
    } finally {
      mm.mmapLock().unlock();
    }
  }

  /** Gives whatever is mapped in pages the flags and the watcher of a letter, as mprotect does. */
  void change(int first, int last, char letter) {
    AddressRange range = pages(first, last);
    locked(
        () -> {
          AddressRange left = range;
          MappedVma vma = layout.tree().next(left.start());
          while (!left.isEmpty() && vma != null && vma.range().overlaps(left)) {
            AddressRange part = vma.range().intersection(left);
            MappedVma now = layout.change(vma, part, flagsOf(letter), watcherOf(letter));
            assertEquals(flagsOf(letter), now.flags());
            assertTrue(now.range().contains(part));
            left = AddressRange.between(part.end(), range.end());
            vma = layout.tree().next(left.start());
          }
        });
  }

  /** Returns the VMA at a page. */
  MappedVma at(int page) {
    return layout.tree().find(address(page));
  }

  void locked(Runnable action) {
    mm.mmapLock().lock();
    try {
      action.run();
    } finally {
      mm.mmapLock().unlock();
    }
  }

  /** Checks all invariants, and that just the mapped VMAs are open. */
  void check() {
    layout.check(List.of(fileOne, fileTwo));
    Set<Vma> mapped = Collections.newSetFromMap(new IdentityHashMap<>());
    layout.tree().all().forEach(vma -> mapped.add(vma));
    mapped.removeIf(vma -> vma.mapping() == null);
    Set<Vma> open = Collections.newSetFromMap(new IdentityHashMap<>());
    open.addAll(fileOne.open);
    open.addAll(fileTwo.open);
    assertEquals(mapped, open, "open VMAs");
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    MappedVma previous = null;
    for (int page = 0; page < pageCount; page++) {
      MappedVma vma = at(page);
      char letter = vma == null ? '.' : letterOf(vma);
      if (vma != null && previous != null && vma != previous && letter == letterOf(previous)) {
        text.append('|');
      }
      text.append(letter);
      previous = vma;
    }
    return text.toString();
  }

  private char letterOf(MappedVma vma) {
    int first = (int) ((vma.range().start() >>> Pages.SHIFT) - BASE_PAGE);
    int last = (int) ((vma.range().end() >>> Pages.SHIFT) - BASE_PAGE) - 1;
    for (int i = 0; i < LETTERS.length(); i++) {
      char letter = LETTERS.charAt(i);
      MappedVma like = vma(first, last, letter);
      if (like.flags() == vma.flags()
          && Identity.same(like.mapping(), vma.mapping())
          && like.pageOffset() == vma.pageOffset()
          && Identity.same(like.watcher(), vma.watcher())) {
        return letter;
      }
    }
    return '?';
  }
}
