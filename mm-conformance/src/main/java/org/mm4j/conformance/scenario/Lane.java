/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

/**
 * A thread of an address space, written {@code s0.t1}.
 *
 * @param space the number of the address space; 0 is there from the beginning
 * @param thread the number of the thread in it; made when it is first used
 */
public record Lane(int space, int thread) implements Comparable<Lane> {
  @Override
  public int compareTo(Lane other) {
    int bySpace = Integer.compare(space, other.space);
    return bySpace != 0 ? bySpace : Integer.compare(thread, other.thread);
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Lane parse(String text) {
    int dot = text.indexOf('.');
    if (dot < 2
        || text.charAt(0) != 's'
        || dot + 2 > text.length()
        || text.charAt(dot + 1) != 't') {
      throw new IllegalArgumentException("not a lane such as s0.t1: " + text);
    }
    return new Lane(
        Integer.parseInt(text.substring(1, dot)), Integer.parseInt(text.substring(dot + 2)));
  }

  @Override
  public String toString() {
    return "s" + space + ".t" + thread;
  }
}
