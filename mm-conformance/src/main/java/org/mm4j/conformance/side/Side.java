/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

/** A kernel that scenarios are run on. Used by one thread. */
public interface Side extends AutoCloseable {
  /** Returns its name, for tables. */
  String name();

  /** Begins a scenario: one empty address space, no files. The one before must be closed. */
  SideRun begin();

  @Override
  default void close() {}
}
