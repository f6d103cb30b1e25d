/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

/**
 * {@link LinuxStrategy} as Linux has it since 6.4: nothing orders the placeholders before the
 * question who watches. Wrong on purpose, never the default.
 *
 * <p>If every processor sees stores at once it is as good as {@code linux}. On a machine with store
 * buffers the flags may be read before the placeholders are visible, and a registration in between
 * lets its owner see a hole that is then filled without a message. Found by model checking, never
 * observed in a kernel.
 */
public final class LinuxAsMergedStrategy extends LinuxStrategy {
  /** Creates the strategy. */
  public LinuxAsMergedStrategy() {}

  @Override
  public String name() {
    return "linux-as-merged";
  }

  /** Orders nothing. */
  @Override
  void orderPlaceholdersBeforeTheQuestion() {}
}
