/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.bench.litmus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import org.mm4j.sync.BitLock;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.WordField;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** A lock that is one bit of a word keeps two threads apart, and wakes whoever waits. */
public class Locks {
  private static final WordField WORD = WordField.of(MethodHandles.lookup(), Locks.class, "word");
  private static final BitLock LOCK = new BitLock(WORD, 1, 2, LockRank.PAGE_CACHE);

  @SuppressWarnings("unused") // accessed through WORD
  private long word;

  int guarded;

  void addUnderTheLock(int number) {
    LOCK.lock(this);
    guarded += number;
    LOCK.unlock(this);
  }

  /** Both wait for the lock. */
  @JCStressTest
  @State
  @Outcome(id = "3", expect = ACCEPTABLE, desc = "one after the other")
  @Outcome(expect = FORBIDDEN, desc = "both at once")
  public static class Waiting extends Locks {
    /** Adds. */
    @Actor
    public void one() {
      addUnderTheLock(1);
    }

    /** Adds. */
    @Actor
    public void other() {
      addUnderTheLock(2);
    }

    /** Looks. */
    @Arbiter
    public void look(I_Result result) {
      result.r1 = guarded;
    }
  }

  /** One of them only tries; the results are what was seen by whom of the other's work. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the first was first, or the second gave up")
  @Outcome(id = "3, 2", expect = ACCEPTABLE, desc = "the second was first")
  @Outcome(id = "1, 3", expect = ACCEPTABLE, desc = "the first was first")
  @Outcome(expect = FORBIDDEN, desc = "both at once")
  public static class Trying extends Locks {
    /** Waits for the lock. */
    @Actor
    public void waits(II_Result result) {
      LOCK.lock(this);
      guarded += 1;
      result.r1 = guarded;
      LOCK.unlock(this);
    }

    /** Tries. */
    @Actor
    public void tries(II_Result result) {
      if (LOCK.tryLock(this)) {
        guarded += 2;
        result.r2 = guarded;
        LOCK.unlock(this);
      }
    }
  }
}
