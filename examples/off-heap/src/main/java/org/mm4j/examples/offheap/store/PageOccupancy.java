/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.store;

import java.util.BitSet;

/** How many records are in each page, and which pages have memory without having a record. */
final class PageOccupancy {
  private final int pageShift;
  private final short[] recordsInPage;
  private final BitSet touched;
  private int records;
  private int firstPageWithRoom;

  /**
   * Begins with nothing.
   *
   * @param capacity how many records there may be
   * @param pageShift the binary logarithm of the records in a page
   */
  PageOccupancy(int capacity, int pageShift) {
    this.pageShift = pageShift;
    this.recordsInPage = new short[(int) (((long) capacity + (1 << pageShift) - 1) >>> pageShift)];
    this.touched = new BitSet(recordsInPage.length);
  }

  int pageShift() {
    return pageShift;
  }

  int records() {
    return records;
  }

  /** Returns a page before which every page is full; one too high if all are. */
  int firstPageWithRoom() {
    return firstPageWithRoom;
  }

  void added(int number) {
    int page = number >>> pageShift;
    recordsInPage[page]++;
    records++;
    touched.set(page);
    while (firstPageWithRoom < recordsInPage.length
        && recordsInPage[firstPageWithRoom] == 1 << pageShift) {
      firstPageWithRoom++;
    }
  }

  void removed(int number) {
    int page = number >>> pageShift;
    recordsInPage[page]--;
    records--;
    firstPageWithRoom = Math.min(firstPageWithRoom, page);
  }

  /**
   * Tells of the pages that have memory and no record, in runs, and forgets them.
   *
   * @return how many they are
   */
  int takeEmptyPages(Runs runs) {
    int taken = 0;
    int page = touched.nextSetBit(0);
    while (page >= 0) {
      int end = endOfEmptyRun(page);
      if (end > page) {
        runs.accept(page, end - page);
        touched.clear(page, end);
        taken += end - page;
      }
      page = touched.nextSetBit(Math.max(end, page + 1));
    }
    return taken;
  }

  private int endOfEmptyRun(int firstPage) {
    int end = firstPage;
    while (end < recordsInPage.length && touched.get(end) && recordsInPage[end] == 0) {
      end++;
    }
    return end;
  }

  /** Is told of pages in a row. */
  @FunctionalInterface
  interface Runs {
    void accept(int firstPage, int pages);
  }
}
