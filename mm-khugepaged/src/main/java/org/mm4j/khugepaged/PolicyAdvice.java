/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.spi.CollapseCandidate;
import org.mm4j.spi.CollapseDecision;
import org.mm4j.spi.CollapseFact;
import org.mm4j.spi.CollapsePolicy;
import org.mm4j.sync.Sync;
import org.mm4j.sync.WordField;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the policy, and answers for it whatever it does: one that throws or answers null has decided
 * that the range stays as it is, and one that invents candidates has not ranked. The first such
 * event is logged as an error, the following ones for debugging; all are counted. Thread-safe; no
 * lock may be held.
 */
final class PolicyAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyAdvice.class);
  private static final WordField MISBEHAVED =
      WordField.of(MethodHandles.lookup(), PolicyAdvice.class, "misbehaved");

  private final CollapsePolicy policy;
  private final CollapseLedger ledger;
  private final FactGatherer facts;
  private final boolean ranks;

  @SuppressWarnings("unused") // accessed through MISBEHAVED
  private long misbehaved;

  PolicyAdvice(CollapsePolicy policy, CollapseLedger ledger) {
    this.policy = policy;
    this.ledger = ledger;
    this.facts = new FactGatherer(factsOf(policy));
    this.ranks = policy.ranks();
  }

  private static Set<CollapseFact> factsOf(CollapsePolicy policy) {
    Set<CollapseFact> declared = policy.facts();
    if (declared == null) { // a foreign class may not keep the contract
      throw new IllegalArgumentException(
          "the facts of collapse policy \"" + policy.name() + "\" are null");
    }
    return declared;
  }

  String policyName() {
    return policy.name();
  }

  /** Returns what to gather for the policy. */
  FactGatherer facts() {
    return facts;
  }

  /** Returns whether the policy wants to put candidates in order. */
  boolean ranks() {
    return ranks;
  }

  /** Asks about one range. */
  CollapseDecision about(CollapseCandidate candidate) {
    CollapseDecision decision = ask(candidate);
    if (decision instanceof CollapseDecision.Skip) {
      ledger.skipped();
    }
    return decision;
  }

  private CollapseDecision ask(CollapseCandidate candidate) {
    long begun = Sync.nanoTime();
    try {
      CollapseDecision decision = policy.decide(candidate);
      if (decision != null) { // a foreign class may not keep the contract
        return decision;
      }
      report("answered null about " + candidate, null);
    } catch (RuntimeException | Error thrown) {
      report("threw about " + candidate, thrown);
    } finally {
      ledger.decided(Sync.nanoTime() - begun);
    }
    return new CollapseDecision.Skip("the policy " + policy.name() + " failed");
  }

  /** Asks for the order of the candidates of a round; theirs, if the policy fails. */
  List<CollapseCandidate> rank(List<CollapseCandidate> candidates, int budgetPages) {
    long begun = Sync.nanoTime();
    try {
      List<CollapseCandidate> ranked =
          policy.rank(Collections.unmodifiableList(candidates), budgetPages);
      if (isSelection(ranked, candidates)) {
        return new ArrayList<>(ranked);
      }
      report("ranked candidates that it was not given, or one twice", null);
    } catch (RuntimeException | Error thrown) {
      report("threw in rank", thrown);
    } finally {
      ledger.decided(Sync.nanoTime() - begun);
    }
    return candidates;
  }

  private static boolean isSelection(
      @Nullable List<CollapseCandidate> ranked, List<CollapseCandidate> candidates) {
    if (ranked == null) {
      return false;
    }
    Set<CollapseCandidate> left = new HashSet<>(candidates); // each equals only itself
    for (CollapseCandidate candidate : ranked) {
      if (!left.remove(candidate)) {
        return false;
      }
    }
    return true;
  }

  private void report(String what, @Nullable Throwable thrown) {
    ledger.policyFailed();
    if (MISBEHAVED.compareAndSet(this, 0, 1)) {
      LOG.error("Collapse policy {} {}", policy.name(), what, thrown);
    } else {
      LOG.debug("Collapse policy {} {}", policy.name(), what, thrown);
    }
  }
}
