/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.khugepaged.strategy.LinuxAsMergedStrategy;
import org.mm4j.khugepaged.strategy.PreFixStrategy;
import org.mm4j.khugepaged.strategy.SeedV2Strategy;
import org.mm4j.spi.CollapseStrategy;

/**
 * The kit reports of each wrong strategy exactly the rules that it breaks: no wrong one passes, and
 * a report names what is wrong rather than everything that comes of it.
 */
final class WrongStrategiesTest {
  /**
   * A wrong strategy.
   *
   * @param strategies makes it
   * @param broken the rules it breaks
   */
  record Wrong(String name, Supplier<CollapseStrategy> strategies, Set<String> broken) {
    static Wrong of(Supplier<CollapseStrategy> strategies) {
      Class<?> type = strategies.get().getClass();
      return new Wrong(
          type.getSimpleName(), strategies, Set.of(type.getAnnotation(Breaks.class).value()));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Wrong> wrong() {
    return Stream.of(
        new Wrong(
            "pre-fix",
            PreFixStrategy::new,
            Set.of("0.1", "0.2", "0.3", "4.11", "4.12", "4.14", "4.16", "4.19")),
        new Wrong(
            "seed-v2",
            SeedV2Strategy::new,
            Set.of("0.1", "0.3", "4.11", "4.12", "4.14", "4.16", "4.19")),
        // what it lacks shows on a machine with store buffers only
        new Wrong("linux-as-merged", LinuxAsMergedStrategy::new, Set.of("4.17")),
        Wrong.of(AsksThenDropsTheLock::new),
        Wrong.of(NoPlaceholders::new),
        Wrong.of(NoRecount::new),
        Wrong.of(ForgetsToUncharge::new),
        Wrong.of(ChargesUnderALock::new),
        Wrong.of(DoubleStore::new),
        Wrong.of(ClearsForeignSlots::new),
        Wrong.of(NoFlushBeforeTheCopy::new),
        Wrong.of(Throws::new),
        Wrong.of(ThrowsAfterTheCommit::new),
        Wrong.of(AnswersNonsense::new),
        Wrong.of(AnswersNothing::new));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void theKitReportsExactlyTheRulesThatAreBroken(Wrong wrong) {
    StrategySuite.verify(wrong.strategies());
    KitReport report = KitReport.of(StrategySuite.class);
    assertEquals(
        new TreeSet<>(wrong.broken()), new TreeSet<>(report.brokenRules()), report::toString);
  }

  /** The wrong ones differ from this one by the step they override. */
  @Test
  void whatTheyAreMadeFromBreaksNothing() {
    StrategySuite.verify(PlainStrategy::new);
    KitReport report = KitReport.of(StrategySuite.class);
    assertEquals(Set.of(), report.brokenRules(), report::toString);
  }
}
