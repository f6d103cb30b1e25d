/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.bench.litmus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;
import org.mm4j.sync.Fences;
import org.mm4j.sync.Slots;
import org.mm4j.sync.WordField;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * "I took the hole, now I look who watches" against "I watch, now I look for holes": the slots are
 * a page cache's, the word is the flags of a VMA (rules 4.17 and 6.1).
 *
 * <p>The first result is what the collapse read, the second what the registration's owner saw: 0, 0
 * is the lost message.
 */
public class CollapseAndRegistration {
  private static final WordField FLAGS =
      WordField.of(MethodHandles.lookup(), CollapseAndRegistration.class, "flags");
  private static final Object PLACEHOLDER = new Object();

  private final @Nullable Object[] slots = new Object[1];

  @SuppressWarnings("unused") // accessed through FLAGS
  private long flags;

  void storePlaceholder() {
    Slots.set(slots, 0, PLACEHOLDER);
  }

  int askWhoWatches() {
    return (int) FLAGS.getOpaque(this);
  }

  void watch() {
    FLAGS.setOpaque(this, 1);
  }

  int lookForAPage() {
    return Slots.get(slots, 0) == null ? 0 : 1;
  }

  /** As {@code linux} and the registration have it. */
  @JCStressTest
  @State
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "nobody watches, and yet a hole was seen")
  @Outcome(expect = ACCEPTABLE, desc = "refused, or the placeholder was seen")
  public static class WithBothFences extends CollapseAndRegistration {
    /** The collapse. */
    @Actor
    public void collapse(II_Result result) {
      storePlaceholder();
      Fences.full();
      result.r1 = askWhoWatches();
    }

    /** The thread that registers, and then looks. */
    @Actor
    public void register(II_Result result) {
      watch();
      Fences.full();
      result.r2 = lookForAPage();
    }
  }

  /** As {@code linux-as-merged} has it. */
  @JCStressTest
  @State
  @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "the window of docs/findings")
  @Outcome(expect = ACCEPTABLE, desc = "refused, or the placeholder was seen")
  public static class WithoutTheFenceOfTheCollapse extends CollapseAndRegistration {
    /** The collapse. */
    @Actor
    public void collapse(II_Result result) {
      storePlaceholder();
      result.r1 = askWhoWatches();
    }

    /** The thread that registers, and then looks. */
    @Actor
    public void register(II_Result result) {
      watch();
      Fences.full();
      result.r2 = lookForAPage();
    }
  }

  /** With the other half missing. */
  @JCStressTest
  @State
  @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "one fence is none")
  @Outcome(expect = ACCEPTABLE, desc = "refused, or the placeholder was seen")
  public static class WithoutTheFenceOfTheRegistration extends CollapseAndRegistration {
    /** The collapse. */
    @Actor
    public void collapse(II_Result result) {
      storePlaceholder();
      Fences.full();
      result.r1 = askWhoWatches();
    }

    /** The thread that registers, and then looks. */
    @Actor
    public void register(II_Result result) {
      watch();
      result.r2 = lookForAPage();
    }
  }

  /** With the pair of barriers of the patch's second version in place of the full fences. */
  @JCStressTest
  @State
  @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "the pair orders nothing here")
  @Outcome(expect = ACCEPTABLE, desc = "refused, or the placeholder was seen")
  public static class WithTheBarrierPairOfV2 extends CollapseAndRegistration {
    /** The collapse, with the read barrier. */
    @Actor
    public void collapse(II_Result result) {
      storePlaceholder();
      Fences.acquire();
      result.r1 = askWhoWatches();
    }

    /** The thread that registers, with the write barrier, and then looks. */
    @Actor
    public void register(II_Result result) {
      watch();
      Fences.release();
      result.r2 = lookForAPage();
    }
  }
}
