/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Seeds of random tests: a new one each run, printed when the test fails, replayed with {@code
 * -Dmm4j.seed=}.
 *
 * <pre>{@code
 * @Test
 * void matchesTheModel() {
 *   Seeds.check(seed -> { RandomGenerator random = Seeds.random(seed); ... });
 * }
 * }</pre>
 */
public final class Seeds {
  /** The system property that fixes the seed. */
  public static final String PROPERTY = "mm4j.seed";

  private Seeds() {}

  /** A test that depends on a seed. */
  @FunctionalInterface
  public interface SeededTest {
    /** Runs the test. */
    void run(long seed) throws Exception;
  }

  /**
   * Runs a test with the seed of the system property, or else with a random one.
   *
   * @throws AssertionError if the test throws anything; its message names the seed, its cause is
   *     what was thrown
   */
  public static void check(SeededTest test) {
    run(choose(), test);
  }

  /**
   * The same for a test whose regular run must be repeatable, because what it compares with is not
   * ours: it takes the given seed unless the property names another.
   *
   * @param usualSeed the seed of the regular run
   */
  public static void check(long usualSeed, SeededTest test) {
    run(Long.getLong(PROPERTY, usualSeed), test);
  }

  private static void run(long seed, SeededTest test) {
    try {
      test.run(seed);
    } catch (Exception | Error e) {
      throw new AssertionError(
          "fails with seed %d (replay: -D%s=%d): %s".formatted(seed, PROPERTY, seed, e), e);
    }
  }

  /** Returns the seed of the system property, or else a random one. */
  public static long choose() {
    Long fixed = Long.getLong(PROPERTY);
    return fixed != null ? fixed : (System.nanoTime() * 0x9E3779B97F4A7C15L) >>> 16;
  }

  /** Returns a generator that gives the same numbers for a seed on every machine. */
  public static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("SplittableRandom").create(seed);
  }
}
