/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The executor under arguments that make no sense. */
final class RandomCallsTest extends ExecutorFixture {
  private static final Logger LOG = LoggerFactory.getLogger(RandomCallsTest.class);

  /**
   * lseek mmap mprotect munmap ioctl pread pwrite mremap mincore madvise ftruncate fallocate memfd.
   */
  private static final long[] CALLS = {8, 9, 10, 11, 16, 17, 18, 25, 27, 28, 77, 285, 319, 3};

  private static final int MAX_ERRNO = 133;
  private static final int STEPS = 10_000;
  private static final int RATE_CALLS = 20_000;

  @Test
  void tenThousandRandomCallsAndAccesses() {
    long seed = Long.getLong("mm4j.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      long[] arguments = arguments(random);
      long number = CALLS[random.nextInt(CALLS.length)];
      int choice = random.nextInt(10);
      RawResult result =
          switch (choice) {
            case 0 -> lane.load(arguments[0], 8);
            case 1 -> lane.store(arguments[0], step, 1);
            case 2 -> lane.copy(arguments[0], address(random), random.nextInt(3 * (int) PAGE));
            default -> lane.call(number, arguments);
          };
      int at = step;
      assertTrue(
          isPlausible(result, choice > 2),
          () ->
              "-Dmm4j.seed="
                  + seed
                  + ", step "
                  + at
                  + ", choice "
                  + choice
                  + ": call "
                  + number
                  + Arrays.toString(arguments)
                  + " -> "
                  + result);
    }
    assertEquals(executor.root().pid(), value(lane.call(NR_GETPID)));
  }

  private static boolean isPlausible(RawResult result, boolean isCall) {
    return switch (result) {
      case RawResult.Returned returned -> !isCall || returned.errno() <= MAX_ERRNO;
      case RawResult.Signalled signalled -> signalled.signal() == 11 || signalled.signal() == 7;
      case RawResult.Ended ended -> false;
    };
  }

  /** Small numbers, edges and addresses; never an address of the executor's area. */
  private static long[] arguments(Random random) {
    long[] arguments = new long[6];
    arguments[0] = random.nextBoolean() ? address(random) : 3L + random.nextInt(6);
    arguments[1] = random.nextInt(16) * PAGE + (random.nextInt(4) == 0 ? random.nextInt(9) : 0);
    arguments[2] = random.nextInt(32);
    arguments[3] = random.nextBoolean() ? 0x11 : 0x32;
    arguments[4] = 3L + random.nextInt(6);
    arguments[5] = random.nextInt(16) * PAGE;
    return arguments;
  }

  private static long address(Random random) {
    return AT + random.nextInt(64) * PAGE + (random.nextInt(4) == 0 ? random.nextInt(8) : 0);
  }

  @Test
  void callsPerSecond() {
    CallBatch batch = new CallBatch();
    for (int i = 0; i < CallBatch.MAX_CALLS; i++) {
      batch.add(NR_GETPID);
    }
    for (int round = 0; round < 3; round++) {
      long begun = System.nanoTime();
      for (int i = 0; i < RATE_CALLS; i++) {
        assertInstanceOf(RawResult.Returned.class, lane.call(NR_GETPID));
      }
      long alone = System.nanoTime() - begun;
      begun = System.nanoTime();
      for (int i = 0; i < RATE_CALLS; i += CallBatch.MAX_CALLS) {
        assertInstanceOf(RawResult.Returned.class, lane.call(batch));
      }
      long inBatches = System.nanoTime() - begun;
      LOG.info("{} calls per second, {} in batches", rate(alone), rate(inBatches));
    }
  }

  private static long rate(long nanos) {
    return RATE_CALLS * 1_000_000_000L / nanos;
  }
}
