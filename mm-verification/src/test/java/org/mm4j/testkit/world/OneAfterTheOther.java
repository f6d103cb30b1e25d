/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs operations in a world one after the other, with the monitors but without the explorer. An
 * operation that waits in a fault is left waiting; the world has to be closed.
 */
final class OneAfterTheOther {
  private static final long MOST_MILLIS = 10_000;

  private OneAfterTheOther() {}

  /** Runs, and checks at rest. */
  static List<Call> run(World world, Operation... operations) throws Exception {
    for (Operation operation : operations) {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      operation.body().in(world);
                    } catch (IllegalStateException e) {
                      // the world was closed while it waited
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                  });
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOST_MILLIS);
      while (thread.isAlive() && !waits(world) && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      if (!thread.isAlive()) {
        thread.join();
      }
      world.settle();
    }
    world.checkAtRest();
    return world.calls();
  }

  private static boolean waits(World world) {
    return world.userfaultfd().isReadable();
  }
}
