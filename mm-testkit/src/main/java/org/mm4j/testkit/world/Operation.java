/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

/**
 * One call that a task makes. It writes itself into the journal of the world, and what it answers
 * depends on the world only.
 *
 * @param name what it is called, "seek-hole"
 * @param body what it does
 */
public record Operation(String name, Body body) {
  /** What an operation does. */
  @FunctionalInterface
  public interface Body {
    /** Does it in a world. */
    void in(World world) throws Exception;
  }
}
