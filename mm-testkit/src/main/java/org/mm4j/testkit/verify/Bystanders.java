/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Threads that do something beside the test, each with a limit, so that a wrong strategy that never
 * ends, or never lets go, fails a test instead of stopping it.
 */
final class Bystanders implements AutoCloseable {
  private static final long LIMIT_SECONDS = 10;
  private static final long LAST_LIMIT_MILLIS = 500;

  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          body -> {
            Thread thread = new Thread(body, "bystander");
            thread.setDaemon(true);
            return thread;
          });
  private final List<Future<?>> unfinished = new ArrayList<>();

  /** Something that may block and fail. */
  interface Action {
    void run() throws Exception;
  }

  /** Runs something on another thread and waits for it. */
  void run(Action action) {
    call(
        () -> {
          action.run();
          return null;
        });
  }

  /** Runs something on another thread and returns its result. */
  <T extends @Nullable Object> T call(Callable<T> action) {
    return get(threads.submit(action), "");
  }

  /**
   * Starts something on another thread and gives it some time; if it is blocked by then, it goes on
   * beside the caller until {@link #finish}.
   *
   * @return whether it is done
   */
  boolean start(Action action, long patienceMillis) {
    Future<?> future =
        threads.submit(
            () -> {
              action.run();
              return null;
            });
    try {
      future.get(patienceMillis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException blocked) {
      unfinished.add(future);
      return false;
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("a bystander failed: " + e.getCause(), e);
    }
  }

  /** Waits for everything that was started. */
  void finish() {
    for (Future<?> future : unfinished) {
      get(future, " after the collapse");
    }
    unfinished.clear();
  }

  /** Runs something, and gives up silently when it does not end or fails. */
  void runAnyway(Action action) {
    Future<?> future =
        threads.submit(
            () -> {
              action.run();
              return null;
            });
    try {
      future.get(LAST_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException gaveUp) {
      future.cancel(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T extends @Nullable Object> T get(Future<T> future, String when) {
    try {
      return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new AssertionError("not done within " + LIMIT_SECONDS + " s" + when, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError error) {
        throw error;
      }
      throw new AssertionError(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
