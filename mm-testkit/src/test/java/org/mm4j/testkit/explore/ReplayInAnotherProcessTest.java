/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.mm4j.testkit.Seeds;

/** The same schedule makes the same steps in every process. */
final class ReplayInAnotherProcessTest {
  /** Long enough that several objects and all kinds of steps occur. */
  private static final long SEED = 20;

  /** Prints the timeline of a schedule; runs in the child. */
  static final class Child {
    private Child() {}

    /** Replays the schedule that is the only argument. */
    @SuppressWarnings("SystemOut") // the parent reads it
    public static void main(String[] arguments) {
      System.out.print(replay(arguments[0]));
    }
  }

  private static Program lostUpdate() {
    Shared.Action increment =
        shared -> {
          Shared own = new Shared();
          Shared.X.setRelease(own, Shared.x(shared));
          Shared.LOCK.lock(shared);
          Shared.Y.getAndAdd(shared, 1);
          Shared.LOCK.unlock(shared);
          Shared.X.setRelease(shared, Shared.x(own) + 1);
        };
    return Shared.program(
        shared -> {
          if (Shared.x(shared) != 2) {
            throw new RuleBroken("9.1", "an increment was lost");
          }
        },
        increment,
        increment);
  }

  private static String replay(String schedule) {
    Verdict.Broken broken =
        Exploration.of("lost update", lostUpdate())
            .memoryModel(MemoryModel.TSO)
            .search(Search.replay(schedule))
            .explore()
            .assertBroken();
    return broken.rule() + " " + broken.schedule() + "\n" + broken.violation().timeline();
  }

  @Test
  void makesTheSameSteps() throws Exception {
    Verdict.Broken found =
        Exploration.of("lost update", lostUpdate())
            .memoryModel(MemoryModel.TSO)
            .explore()
            .assertBroken();
    String here = replay(found.schedule());
    for (int i = 0; i < 2; i++) {
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("surefire.real.class.path", pathOfThisProcess()),
                  Child.class.getName(),
                  found.schedule())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String there = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(child.waitFor(1, TimeUnit.MINUTES));
      assertEquals(here, there);
    }
  }

  /** Class path or module path, whichever the build uses; everything can be found on both. */
  private static String pathOfThisProcess() {
    return System.getProperty("java.class.path", "")
        + System.getProperty("path.separator")
        + System.getProperty("jdk.module.path", "");
  }

  @Test
  void aRandomProgramMakesTheSameRunsTwice() {
    RandomGenerator random = Seeds.random(SEED);
    Set<String> outcomes = new TreeSet<>();
    RandomProgram program = RandomProgram.of(random, outcomes);
    Verdict first = Exploration.of("first", program).explore();
    Verdict second = Exploration.of("second", program).explore();
    assertEquals(first.effort().runs(), second.effort().runs());
    assertEquals(first.effort().steps(), second.effort().steps());
  }
}
