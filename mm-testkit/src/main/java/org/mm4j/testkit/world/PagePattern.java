/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

/**
 * What a file holds at the start, one letter per page: {@code p} a page with content, {@code m} one
 * that the guest has also mapped, {@code a} one that was allocated and never written, {@code -} a
 * hole. What is beyond the letters is holes.
 *
 * @param letters the letters
 */
public record PagePattern(String letters) {
  /** Checks the letters. */
  public PagePattern {
    if (!letters.matches("[pma-]+")) {
      throw new IllegalArgumentException("a pattern consists of p, m, a and -: " + letters);
    }
  }

  private char letter(int page) {
    return page < letters.length() ? letters.charAt(page) : '-';
  }

  /** Returns whether a page has content. */
  boolean isPresent(int page) {
    return letter(page) == 'p' || letter(page) == 'm';
  }

  /** Returns whether the guest has mapped a page. */
  boolean isMapped(int page) {
    return letter(page) == 'm';
  }

  /** Returns whether a page was allocated and never written. */
  boolean isAllocated(int page) {
    return letter(page) == 'a';
  }

  /** Returns the last hole within the letters, which operations on "the hole" work on. */
  int hole() {
    int hole = letters.lastIndexOf('-');
    return hole >= 0 ? hole : letters.length() - 1;
  }

  /** Returns the last page within the letters that is no hole. */
  int page() {
    return Math.max(letters.lastIndexOf('p'), Math.max(letters.lastIndexOf('m'), 0));
  }

  @Override
  public String toString() {
    return letters;
  }
}
