/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.mm4j.testkit.Seeds;

/**
 * Random calls on one memory file with two mappings, made on the simulated and on the running
 * kernel: after each the outcome, the size, the blocks, where data and holes are, the residency and
 * what can be read must be the same.
 *
 * <p>Differences that are documented in {@code docs/LINUX-COMPATIBILITY.md} are left out; {@link
 * RandomCall} names each. One cannot be: where the running kernel reclaims memory meanwhile, it
 * drops pages that were only loaded from.
 */
@Tag("kernel")
final class RandomCallsTest {
  private static final int CALLS = Integer.getInteger("mm4j.conformance.calls", 2_000);
  private static final int CALLS_PER_FILE = 100;

  /** The regular run is the same every time; a search names other seeds, and more calls. */
  private static final long USUAL_SEED = 1;

  @Test
  void bothKernelsAnswerTheSame() {
    Seeds.check(USUAL_SEED, seed -> compare(Seeds.random(seed)));
  }

  @SuppressWarnings("try") // a scope of settings is not looked at
  private static void compare(RandomGenerator random) throws Exception {
    try (AutoCloseable settings = Backend.RUNNING.advisedHugePages()) {
      for (int calls = 0; calls < CALLS; calls += CALLS_PER_FILE) {
        compareOneFile(random);
      }
    }
  }

  private static void compareOneFile(RandomGenerator random) {
    List<String> history = new ArrayList<>();
    try (CallTarget simulated = new CallTarget(Backend.SIMULATED.open());
        CallTarget running = new CallTarget(Backend.RUNNING.open())) {
      while (history.size() < CALLS_PER_FILE) {
        RandomCall call = RandomCall.next(random);
        String expected = running.make(call);
        String actual = simulated.make(call);
        history.add(call + " -> " + expected);
        assertEquals(
            expected, actual, () -> "answer of the last of\n" + String.join("\n", history));
        assertEquals(
            running.observe(),
            simulated.observe(),
            () -> "state after\n" + String.join("\n", history));
      }
    }
  }
}
