/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import java.util.ArrayList;
import java.util.List;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.MemoryAudit.FileBook;
import org.mm4j.spi.MemoryAudit.FolioBook;
import org.mm4j.spi.MemoryAudit.SlotBook;
import org.mm4j.spi.MemoryAudit.SlotKind;
import org.mm4j.spi.MemoryAudit.SpaceBook;
import org.mm4j.spi.MemoryAudit.TranslationBook;

/**
 * Books that agree, to be broken in one place by a test.
 *
 * <p>A file "guest" of 16 pages: index 0 is a page at frame 1, index 1 is swapped, 2 is a hole, 3
 * is a fallocated page at frame 3, 8 to 15 are a huge page at frame 8. One space maps page 0 and
 * the huge page.
 */
final class Books {
  static final int FRAMES = 32;

  final List<FolioBook> folios = new ArrayList<>();
  final List<SlotBook> slots = new ArrayList<>();
  final List<TranslationBook> translations = new ArrayList<>();
  long freeFrames = FRAMES - 10;
  long presentPages = 10;
  long chargedPages = 11;
  long spaceCharge = 10;

  Books() {
    folios.add(folio(1, 0, 2, 1, 0));
    folios.add(new FolioBook(3, 0, 1, 0, false, true, false, "guest", 3));
    folios.add(folio(8, 3, 9, 1, 8));
    slots.add(new SlotBook(0, 1, SlotKind.FOLIO));
    slots.add(new SlotBook(1, -1, SlotKind.SWAP));
    slots.add(new SlotBook(3, 3, SlotKind.FOLIO));
    for (int index = 8; index < 16; index++) {
      slots.add(new SlotBook(index, 8, SlotKind.FOLIO));
    }
    translations.add(new TranslationBook(0x10000, 1, 0, true));
    translations.add(new TranslationBook(0x18000, 8, 3, true));
  }

  static FolioBook folio(long frame, int order, int references, int mapCount, long index) {
    return new FolioBook(frame, order, references, mapCount, false, true, true, "guest", index);
  }

  MemoryAudit audit() {
    return new MemoryAudit(
        FRAMES,
        freeFrames,
        folios,
        List.of(new FileBook("guest", 16 * 4096, presentPages, chargedPages, slots)),
        List.of(new SpaceBook(1, spaceCharge, translations)));
  }
}
