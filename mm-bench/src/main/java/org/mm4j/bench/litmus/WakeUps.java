/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.bench.litmus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.util.concurrent.TimeUnit;
import org.mm4j.sync.WaitQueue;
import org.mm4j.sync.Waiter;
import org.mm4j.sync.WordField;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * No wake-up is lost: whoever enlists and then looks either sees the condition or is woken. The
 * result is 0 if it waited for half a minute.
 */
public class WakeUps {
  private static final WordField CONDITION =
      WordField.of(MethodHandles.lookup(), WakeUps.class, "condition");
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  final WaitQueue queue = new WaitQueue();

  @SuppressWarnings("unused") // accessed through CONDITION
  private long condition;

  int waitForIt() {
    Waiter waiter = queue.enlist();
    try {
      return CONDITION.getAcquire(this) == 1 || waiter.await(LIMIT_NANOS) ? 1 : 0;
    } catch (InterruptedException e) {
      return -1;
    } finally {
      queue.withdraw(waiter);
    }
  }

  void makeItTrue() {
    CONDITION.setRelease(this, 1);
  }

  /** Everybody is woken. */
  @JCStressTest
  @State
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "it saw it, or was woken")
  @Outcome(expect = FORBIDDEN, desc = "the wake-up is lost")
  public static class OfAll extends WakeUps {
    /** Waits. */
    @Actor
    public void waits(I_Result result) {
      result.r1 = waitForIt();
    }

    /** Wakes. */
    @Actor
    public void wakes() {
      makeItTrue();
      queue.wakeAll();
    }
  }

  /** One is woken. */
  @JCStressTest
  @State
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "it saw it, or was woken")
  @Outcome(expect = FORBIDDEN, desc = "the wake-up is lost")
  public static class OfOne extends WakeUps {
    /** Waits. */
    @Actor
    public void waits(I_Result result) {
      result.r1 = waitForIt();
    }

    /** Wakes. */
    @Actor
    public void wakes() {
      makeItTrue();
      queue.wakeOne();
    }
  }
}
