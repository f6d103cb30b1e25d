/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

/**
 * The rules of {@code docs/SPEC.md} for collapse strategies. Extend it in a test, say which
 * strategy, and learn what it breaks:
 *
 * <pre>{@code
 * class MyStrategyTest extends CollapseStrategyVerification {
 *   @Override
 *   protected CollapseStrategy createStrategy() {
 *     return new MyStrategy();
 *   }
 * }
 * }</pre>
 *
 * <p>Needs a simulated kernel with memory files and userfaultfd on the path ({@code mm4j}, or
 * mm-core, mm-shmem, mm-userfaultfd and mm-khugepaged). Each test is named by the rule it checks.
 * There are three kinds:
 *
 * <ul>
 *   <li>what the strategy answers and leaves behind, success or not: content, locks, references,
 *       charges, errors;
 *   <li>others who do one thing right before one of its calls, each call in turn, and faults thrown
 *       at each of its calls;
 *   <li>small worlds under the explorer, a few dozen interleavings each; see {@link
 *       org.mm4j.testkit.explore.Exploration} for those that prove.
 * </ul>
 *
 * <p>What a strategy does not support it declares in {@link #limits()}.
 */
public abstract class CollapseStrategyVerification extends StrategyExplorations {
  /** For subclasses. */
  protected CollapseStrategyVerification() {}
}
