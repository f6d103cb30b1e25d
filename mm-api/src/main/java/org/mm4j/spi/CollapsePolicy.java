/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.util.List;
import java.util.Set;
import org.mm4j.Extension;

/**
 * Which ranges are worth a collapse, within which limits, and in which order.
 *
 * <p>Found by {@link java.util.ServiceLoader}, or given to the builder. It is asked before a range
 * that may be huge is looked at, with no lock held, for khugepaged and for {@code MADV_COLLAPSE}
 * alike ({@link CollapseCandidate#trigger()}). One instance serves all threads of a kernel, so what
 * it remembers has to be thread-safe.
 *
 * <p>A policy is not trusted. It sees facts, not structures. Whatever it answers, the range is
 * looked at again, and locks, references and userfaultfds remain the mechanism's business: a policy
 * can choose badly, but it cannot break a rule of {@code docs/SPEC.md}. One that throws, answers
 * null or invents candidates is counted and logged ({@link org.mm4j.CollapseStatistics}), and
 * nothing is collapsed on its word; one that takes its time delays only those who asked.
 */
public interface CollapsePolicy extends Extension {
  /** Returns the name under which it is chosen: lower case, with hyphens. */
  String name();

  /**
   * Returns the facts it needs. Asked once, when the kernel is built; what no policy declares
   * nobody pays for.
   */
  default Set<CollapseFact> facts() {
    return Set.of();
  }

  /** Decides about one range. */
  CollapseDecision decide(CollapseCandidate candidate);

  /**
   * Returns whether khugepaged should gather the candidates of a round and let {@link #rank} put
   * them in order, instead of taking each as it comes. Asked once, when the kernel is built.
   */
  default boolean ranks() {
    return false;
  }

  /**
   * Puts the candidates of a round in the order in which they are decided about; those it leaves
   * out are not looked at in this round.
   *
   * @param candidates of one address space, in ascending order of address
   * @param budgetPages how many pages khugepaged will look at in this round
   * @return some of the candidates, each at most once
   */
  default List<CollapseCandidate> rank(List<CollapseCandidate> candidates, int budgetPages) {
    return candidates;
  }
}
