/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.mm4j.Errno;
import org.mm4j.MemorySystem;
import org.mm4j.conformance.campaign.Campaign;
import org.mm4j.conformance.campaign.Finding;
import org.mm4j.conformance.compare.Comparison.Care;
import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Observation;
import org.mm4j.conformance.scenario.Outcome;
import org.mm4j.conformance.scenario.Scenario;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.side.Question;
import org.mm4j.conformance.side.Side;
import org.mm4j.conformance.side.SideRun;
import org.mm4j.conformance.side.SimulatedSide;

/** The comparison must find kernels that are wrong, and show why in a few steps. */
final class WrongKernelTest {
  private static final int SCENARIOS = 300;
  private static final int SHORT = 10;

  private static SimulatedSide withStrategy(String name) {
    return new SimulatedSide(
        () -> MemorySystem.simulated().physicalBytes(128L << 20).strategy(name).build());
  }

  private static Finding find(Side wrong) {
    Campaign campaign = new Campaign(wrong, new SimulatedSide(), new Tally(), 1);
    for (int i = 0; i < SCENARIOS; i++) {
      Finding finding = campaign.next();
      if (finding != null) {
        return finding;
      }
    }
    throw new AssertionError("nothing was found in " + campaign.tally().steps() + " steps");
  }

  @Test
  void theSameKernelDoesNotDifferFromItself() {
    Campaign campaign = new Campaign(new SimulatedSide(), new SimulatedSide(), new Tally(), 1);
    for (int i = 0; i < 20; i++) {
      assertNull(campaign.next());
    }
    assertTrue(campaign.tally().steps() > 1_000);
  }

  @Test
  void aCollapseThatFillsWatchedHolesIsFoundAndShrunk() {
    Finding finding = find(withStrategy("pre-fix"));
    List<Step> steps = finding.shortest().made();
    assertEquals(CallKind.ADVISE, steps.getLast().call(), finding::table);
    assertTrue(steps.size() <= SHORT, finding::table);
    assertTrue(finding.table().contains("EBUSY"), finding::table);
  }

  @Test
  void aChangedErrnoIsFoundAndShrunk() {
    Outcome right = Outcome.refused(Errno.EEXIST);
    Finding finding =
        find(
            new ChangedSide(
                step -> step.call() == CallKind.FILL_COPY,
                answer ->
                    answer.outcome().equals(right)
                        ? Answer.of(Outcome.refused(Errno.EBUSY))
                        : answer));
    List<Step> steps = finding.shortest().made();
    assertEquals(CallKind.FILL_COPY, steps.getLast().call(), finding::table);
    assertEquals(Difference.ANSWER, finding.shortest().what());
    assertEquals("EBUSY", finding.shortest().first());
    assertEquals("EEXIST", finding.shortest().second());
    assertTrue(steps.size() <= SHORT, finding::table);
  }

  @Test
  void aFindingIsARegressionFile() {
    Finding finding = find(withStrategy("pre-fix"));
    Scenario scenario = Scenario.parse(finding.regression().lines().toList());
    Difference again =
        new Comparison(withStrategy("pre-fix"), new SimulatedSide(), new Tally())
            .run(StepSource.of(scenario), Care.EVERYTHING);
    assertNotNull(again);
    assertTrue(again.resembles(finding.shortest()));
  }

  /** The simulation with some answers changed. */
  private record ChangedSide(
      java.util.function.Predicate<Step> applies, UnaryOperator<Answer> change) implements Side {
    @Override
    public String name() {
      return "changed";
    }

    @Override
    public SideRun begin() {
      SideRun run = new SimulatedSide().begin();
      return new SideRun() {
        @Override
        public Answer make(Step step) {
          Answer answer = run.make(step);
          return applies.test(step) ? change.apply(answer) : answer;
        }

        @Override
        public Observation observe(Question question) {
          return run.observe(question);
        }

        @Override
        public void close() {
          run.close();
        }
      };
    }
  }
}
