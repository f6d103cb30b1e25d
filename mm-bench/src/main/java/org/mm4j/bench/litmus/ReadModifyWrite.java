/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.bench.litmus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;
import org.mm4j.sync.Slots;
import org.mm4j.sync.WordField;
import org.mm4j.sync.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Counts, bits and compare-and-set lose nothing. */
public class ReadModifyWrite {
  private static final WordField WORD =
      WordField.of(MethodHandles.lookup(), ReadModifyWrite.class, "word");

  @SuppressWarnings("unused") // accessed through WORD
  long word;

  /** A reference count. */
  @JCStressTest
  @State
  @Outcome(id = "3", expect = ACCEPTABLE, desc = "both were counted")
  @Outcome(expect = FORBIDDEN, desc = "a reference is lost")
  public static class OfACount extends ReadModifyWrite {
    /** Takes one reference. */
    @Actor
    public void one() {
      WORD.getAndAdd(this, 1);
    }

    /** Takes two. */
    @Actor
    public void two() {
      WORD.getAndAdd(this, 2);
    }

    /** Counts. */
    @Arbiter
    public void count(I_Result result) {
      result.r1 = (int) WORD.getAcquire(this);
    }
  }

  /** Flags of one field, each set by somebody else. */
  @JCStressTest
  @State
  @Outcome(id = "3", expect = ACCEPTABLE, desc = "both bits are set")
  @Outcome(expect = FORBIDDEN, desc = "a bit is lost")
  public static class OfFlags extends ReadModifyWrite {
    /** Sets one bit. */
    @Actor
    public void one() {
      WORD.getAndSetBits(this, 1);
    }

    /** Sets another. */
    @Actor
    public void other() {
      WORD.getAndSetBits(this, 2);
    }

    /** Looks. */
    @Arbiter
    public void look(I_Result result) {
      result.r1 = (int) WORD.getAcquire(this);
    }
  }

  /** Bits of one element: the dirty and the accessed bit of a page-table entry. */
  @JCStressTest
  @State
  @Outcome(id = "3", expect = ACCEPTABLE, desc = "both bits are set")
  @Outcome(expect = FORBIDDEN, desc = "a bit is lost")
  public static class OfAnElement {
    private final long[] table = new long[1];

    /** Sets one bit. */
    @Actor
    public void one() {
      Words.getAndSetBits(table, 0, 1);
    }

    /** Sets another. */
    @Actor
    public void other() {
      Words.getAndSetBits(table, 0, 2);
    }

    /** Looks. */
    @Arbiter
    public void look(I_Result result) {
      result.r1 = (int) Words.get(table, 0);
    }
  }

  /** Two fill one empty slot. */
  @JCStressTest
  @State
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "one of them filled it")
  @Outcome(expect = FORBIDDEN, desc = "both or none")
  public static class OfASlot {
    private final @Nullable Object[] slots = new Object[1];

    /** Fills. */
    @Actor
    public void one(II_Result result) {
      result.r1 = Slots.compareAndSet(slots, 0, null, "one") ? 1 : 0;
    }

    /** Fills. */
    @Actor
    public void other(II_Result result) {
      result.r2 = Slots.compareAndSet(slots, 0, null, "other") ? 1 : 0;
    }
  }
}
