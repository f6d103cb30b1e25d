/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mm4j.testkit.world.Call.Kind;

/** The oracle must explain what is right, and only that. Page 3 is a hole, page 7 holds 8. */
final class LinearizationTest {
  private static final WorldPlan PLAN = WorldPlan.small();

  private static Call call(Kind kind, int page, int begun, int ended, String result) {
    Call call = new Call(kind, page, kind == Kind.WRITE ? 300 : kind == Kind.COPY ? 100 : 0);
    call.begin(begun);
    if (result != null) {
      call.end(ended, result);
    }
    return call;
  }

  private static boolean explained(WorldPlan plan, int page, Call... calls) {
    return Linearization.exists(PageModel.initial(plan, page), page, List.of(calls));
  }

  @Test
  void rule_0_4_aWriteThatIsGoneIsNotExplained() {
    Call write = call(Kind.WRITE, 7, 0, 3, "ok");
    Call collapse = call(Kind.COLLAPSE, -1, 1, 4, "ok");
    collapse.commit();
    assertTrue(explained(PLAN, 7, write, collapse, call(Kind.FINAL, 7, 9, 9, "=300")));
    assertFalse(explained(PLAN, 7, write, collapse, call(Kind.FINAL, 7, 9, 9, "=8")));
    assertFalse(explained(PLAN, 7, write, collapse, call(Kind.FINAL, 7, 9, 9, "=0")));
  }

  @Test
  void rule_0_2_existsForAPageThatNeverWasIsNotExplained() {
    Call copy = call(Kind.COPY, 3, 0, 3, "exists");
    Call collapse = call(Kind.COLLAPSE, -1, 1, 4, "EBUSY");
    Call last = call(Kind.FINAL, 3, 9, 9, "hole");
    assertFalse(explained(PLAN.armed(true), 3, copy, collapse, last));
    assertEquals(
        copy,
        Linearization.blame(
            PageModel.initial(PLAN.armed(true), 3), 3, List.of(copy, collapse, last)));
  }

  @Test
  void whatEndedBeforeComesFirst() {
    Call write = call(Kind.WRITE, 3, 0, 1, "ok");
    Call look = call(Kind.SEEK_HOLE, 3, 2, 3, "hole");
    Call last = call(Kind.FINAL, 3, 9, 9, "=300");
    assertFalse(explained(PLAN, 3, write, look, last));
    Call overlapping = call(Kind.SEEK_HOLE, 3, 0, 3, "hole");
    assertTrue(explained(PLAN, 3, write, overlapping, last));
  }

  @Test
  void rule_6_7_aThreadThatWaitsAfterItsPageWasFilledIsNotExplained() {
    Call load = call(Kind.LOAD, 3, 0, 0, null);
    Call copy = call(Kind.COPY, 3, 1, 2, "filled");
    Call last = call(Kind.FINAL, 3, 9, 9, "=100");
    assertFalse(explained(PLAN.armed(true), 3, load, copy, last));
    Call later = call(Kind.LOAD, 3, 0, 3, "=100");
    assertTrue(explained(PLAN.armed(true), 3, later, copy, last));
  }

  @Test
  void aRefusedCollapseMayMakeAnAllocatedPageDataAndNothingElse() {
    WorldPlan plan = PLAN.pages("p-paappp");
    Call collapse = call(Kind.COLLAPSE, -1, 0, 1, "EBUSY");
    assertTrue(explained(plan, 3, collapse, call(Kind.FINAL, 3, 9, 9, "allocated")));
    assertTrue(explained(plan, 3, collapse, call(Kind.FINAL, 3, 9, 9, "=0")));
    assertFalse(explained(plan, 3, collapse, call(Kind.FINAL, 3, 9, 9, "hole")));
    assertFalse(explained(plan, 1, collapse, call(Kind.FINAL, 1, 9, 9, "=0")));
  }
}
