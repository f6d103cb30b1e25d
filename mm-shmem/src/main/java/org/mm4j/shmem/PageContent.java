/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.lang.foreign.MemorySegment;
import org.mm4j.Pages;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageFiller;
import org.mm4j.sync.Sync;

/** Makes the content of a new page, before anybody can see it. */
@FunctionalInterface
interface PageContent {
  /** Zeros. */
  PageContent ZERO =
      folio -> {
        folio.clearPage(0);
        return true;
      };

  /** None yet: the page is fallocated. */
  PageContent NONE = folio -> false;

  /**
   * Writes the content of a folio of one page.
   *
   * @return whether the content is valid now
   */
  boolean write(Folio folio);

  /** What a filler supplies. */
  static PageContent of(PageFiller filler) {
    return folio -> {
      Sync.content(Sync.ContentAccess.WRITE, folio.frame());
      filler.fill(folio.data(0));
      return true;
    };
  }

  /** Part of a segment, and zeros around it. */
  static PageContent of(MemorySegment from, long fromOffset, int inPage, int lengthBytes) {
    return folio -> {
      Sync.content(Sync.ContentAccess.WRITE, folio.frame());
      MemorySegment page = folio.data(0);
      page.asSlice(0, inPage).fill((byte) 0);
      MemorySegment.copy(from, fromOffset, page, inPage, lengthBytes);
      int end = inPage + lengthBytes;
      page.asSlice(end, Pages.SIZE_BYTES - end).fill((byte) 0);
      return true;
    };
  }
}
