/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.mm4j.khugepaged.CollapseWorld.Size.SMALL;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mm4j.CollapseTrigger;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.ScanResult;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.khugepaged.strategy.PreFixStrategy;
import org.mm4j.khugepaged.strategy.SeedV2Strategy;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.testkit.InvariantChecker;

/**
 * The file of a collapse stays until the collapse is over, also if its last mapping and its handle
 * go meanwhile; then its memory is freed.
 */
final class FileOfACollapseTest {
  /** Steps of every strategy at which no lock is held that unmapping or closing needs. */
  private static final List<CollapseStep> STEPS =
      List.of(
          CollapseStep.ALLOCATE,
          CollapseStep.RESERVE_NODES,
          CollapseStep.ISOLATE,
          CollapseStep.UNMAP,
          CollapseStep.COUNT_REFERENCES,
          CollapseStep.FLUSH,
          CollapseStep.COPY,
          CollapseStep.RETRACT,
          CollapseStep.FREE_SOURCES);

  record Trial(CollapseStrategy strategy, CollapseStep step, CollapseTrigger trigger) {
    @Override
    public String toString() {
      return strategy.name() + ", " + step + ", " + trigger;
    }
  }

  private static Stream<Trial> trials() {
    return Stream.of(new LinuxStrategy(), new SeedV2Strategy(), new PreFixStrategy())
        .flatMap(
            strategy ->
                STEPS.stream()
                    .flatMap(
                        step ->
                            Stream.of(CollapseTrigger.values())
                                .map(trigger -> new Trial(strategy, step, trigger))));
  }

  @ParameterizedTest
  @MethodSource("trials")
  void rule_5_10_outlivesItsLastMappingAndItsHandle(Trial trial) {
    try (CollapseWorld world = new CollapseWorld(SMALL, trial.strategy)) {
      world.fillExcept(3);
      world.meanwhile(
          trial.step,
          () -> {
            world.space().unmap(world.range());
            world.file().close();
          },
          () -> {});
      MemoryException failure = world.collapse(trial.trigger);
      assertEquals(List.of(ScanResult.SUCCEED), world.answers(), "the file was not emptied");
      if (trial.trigger == CollapseTrigger.MADVISE) {
        assertNotNull(failure, "there is nothing left to map");
        assertEquals(Errno.EINVAL, failure.errno());
      }
      assertEquals(1, world.system().hugePages().statistics().collapses());
      assertEquals(List.of(), world.system().audit().files());
      InvariantChecker.assertBalanced(world.system().audit());
    }
  }
}
