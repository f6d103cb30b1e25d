/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.bench.litmus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import org.mm4j.sync.WordField;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A processor that enters against one that flushes (rules 3.2 and 3.3): the first stores its state
 * and loads the generation, the second raises the generation and loads the state. The results are
 * what each of them loaded: 0, 0 is a stale translation that nobody waits for.
 */
public class Shootdown {
  private static final WordField STATE =
      WordField.of(MethodHandles.lookup(), Shootdown.class, "state");
  private static final WordField GENERATION =
      WordField.of(MethodHandles.lookup(), Shootdown.class, "generation");

  @SuppressWarnings("unused") // accessed through STATE
  private long state;

  @SuppressWarnings("unused") // accessed through GENERATION
  private long generation;

  int flushNow() {
    GENERATION.getAndAdd(this, 1);
    return (int) STATE.getAcquire(this);
  }

  /** As the processors have it. */
  @JCStressTest
  @State
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "neither saw the other")
  @Outcome(expect = ACCEPTABLE, desc = "it clears its TLB, or is waited for")
  public static class WithAVolatileStore extends Shootdown {
    /** Enters. */
    @Actor
    public void enter(II_Result result) {
      STATE.setVolatile(this, 1);
      result.r1 = (int) GENERATION.getAcquire(this);
    }

    /** Flushes. */
    @Actor
    public void flush(II_Result result) {
      result.r2 = flushNow();
    }
  }

  /** With a store that is only ordered after what came before it. */
  @JCStressTest
  @State
  @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "neither saw the other")
  @Outcome(expect = ACCEPTABLE, desc = "it clears its TLB, or is waited for")
  public static class WithAReleaseStore extends Shootdown {
    /** Enters. */
    @Actor
    public void enter(II_Result result) {
      STATE.setRelease(this, 1);
      result.r1 = (int) GENERATION.getAcquire(this);
    }

    /** Flushes. */
    @Actor
    public void flush(II_Result result) {
      result.r2 = flushNow();
    }
  }
}
