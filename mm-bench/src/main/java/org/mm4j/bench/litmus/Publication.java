/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.bench.litmus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;
import org.mm4j.sync.Fences;
import org.mm4j.sync.Slots;
import org.mm4j.sync.WordField;
import org.mm4j.sync.Words;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Whoever sees the new value sees what was written before it. The first result is the value, the
 * second what was behind it.
 */
public class Publication {
  private static final WordField WORD =
      WordField.of(MethodHandles.lookup(), Publication.class, "word");

  int content;

  @SuppressWarnings("unused") // accessed through WORD
  long word;

  /** A page in a slot of the page cache. */
  static final class Page {
    int content;
  }

  /** A folio is stored in a slot, complete. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "a page without its content")
  @Outcome(expect = ACCEPTABLE, desc = "nothing yet, or everything")
  public static class OfASlot {
    private final @Nullable Object[] slots = new Object[1];

    /** Stores. */
    @Actor
    public void store() {
      Page page = new Page();
      page.content = 1;
      Slots.set(slots, 0, page);
    }

    /** Looks up. */
    @Actor
    public void lookUp(II_Result result) {
      if (Slots.get(slots, 0) instanceof Page page) {
        result.r1 = 1;
        result.r2 = page.content;
      }
    }
  }

  /** A page-table entry is stored after the page is complete. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "a translation to an incomplete page")
  @Outcome(expect = ACCEPTABLE, desc = "nothing yet, or everything")
  public static class OfAWord extends Publication {
    private final long[] table = new long[1];

    /** Stores. */
    @Actor
    public void store() {
      content = 1;
      Words.set(table, 0, 1);
    }

    /** Walks. */
    @Actor
    public void walk(II_Result result) {
      result.r1 = (int) Words.get(table, 0);
      result.r2 = content;
    }
  }

  /** A state word with release and acquire. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the state without what led to it")
  @Outcome(expect = ACCEPTABLE, desc = "nothing yet, or everything")
  public static class OfAField extends Publication {
    /** Stores. */
    @Actor
    public void store() {
      content = 1;
      WORD.setRelease(this, 1);
    }

    /** Loads. */
    @Actor
    public void load(II_Result result) {
      result.r1 = (int) WORD.getAcquire(this);
      result.r2 = content;
    }
  }

  /** The same with the word unordered and a fence on each side. */
  @JCStressTest
  @State
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the state without what led to it")
  @Outcome(expect = ACCEPTABLE, desc = "nothing yet, or everything")
  public static class OfAFieldByFences extends Publication {
    /** Stores. */
    @Actor
    public void store() {
      content = 1;
      Fences.release();
      WORD.setOpaque(this, 1);
    }

    /** Loads. */
    @Actor
    public void load(II_Result result) {
      result.r1 = (int) WORD.getOpaque(this);
      Fences.acquire();
      result.r2 = content;
    }
  }
}
