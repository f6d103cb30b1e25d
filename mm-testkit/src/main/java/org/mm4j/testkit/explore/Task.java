/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/**
 * One thread of a run.
 *
 * @param name what it is called in the timeline, "khugepaged"
 * @param body what it does; what it throws is a violation, except that a {@link RuleBroken} names
 *     its rule itself. A body that expects an exception catches it.
 */
public record Task(String name, Body body) {
  /** What a task does. */
  @FunctionalInterface
  public interface Body {
    /** Does it. */
    void run() throws Exception;
  }
}
