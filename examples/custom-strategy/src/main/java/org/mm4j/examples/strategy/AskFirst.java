/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.strategy;

import java.util.stream.LongStream;
import org.mm4j.PageRange;
import org.mm4j.ScanResult;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.ReverseMap;
import org.mm4j.spi.VmaFlag;

/** Asks who watches the holes before it unmaps and copies the range; {@code linux} asks after. */
public final class AskFirst implements CollapseStrategy {
  private final CollapseStrategy linux = new LinuxStrategy();

  /** Creates the strategy. */
  public AskFirst() {}

  @Override
  public String name() {
    return "ask-first";
  }

  @Override
  public ScanResult collapse(CollapseSession session) {
    return hasHoles(session) && isWatched(session)
        ? ScanResult.EXCEED_NONE_PTE
        : linux.collapse(session); // asks again: by now the first answer may be out of date
  }

  private static boolean hasHoles(CollapseSession session) {
    PageRange range = session.range();
    PageCacheCursor cursor = session.cursor();
    cursor.lock();
    try {
      return cursor.anyEntry(range.firstIndex(), range.endIndex() - 1)
          && LongStream.range(range.firstIndex(), range.endIndex())
              .anyMatch(index -> cursor.load(index) == null);
    } finally {
      cursor.unlock();
    }
  }

  private static boolean isWatched(CollapseSession session) {
    PageRange range = session.range();
    ReverseMap reverseMap = session.mapping().reverseMap();
    boolean[] watched = new boolean[1];
    reverseMap.lockShared();
    try {
      reverseMap.overlapping(
          range.firstIndex(),
          range.endIndex(),
          vma -> {
            watched[0] = vma.has(VmaFlag.UFFD_MISSING);
            return !watched[0];
          });
    } finally {
      reverseMap.unlockShared();
    }
    return watched[0];
  }
}
