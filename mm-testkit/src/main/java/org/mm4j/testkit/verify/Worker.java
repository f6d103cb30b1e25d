/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One thread that does one thing after the other, for what belongs to a thread. */
final class Worker implements AutoCloseable {
  private static final long LIMIT_SECONDS = 10;

  private final ExecutorService thread;

  Worker(String name) {
    thread =
        Executors.newSingleThreadExecutor(
            body -> {
              Thread made = new Thread(body, name);
              made.setDaemon(true);
              return made;
            });
  }

  <T> T call(Callable<T> action) {
    try {
      return thread.submit(action).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      throw new AssertionError("the worker failed: " + e, e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
