/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.collapse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mm4j.examples.offheap.collapse.BlockState.Known;

/** What the policy wants, and when. */
final class FullestFirstTest {
  private static final long SECOND = 1_000_000_000L;

  private final BlockPolicy policy = new FullestFirst(90);

  private static BlockFacts block(int number, int residentPages, BlockState state) {
    return new BlockFacts(number, residentPages, 512, state);
  }

  private List<Integer> chosen(long nowNanos, BlockFacts... blocks) {
    return policy.choose(List.of(blocks), nowNanos).stream().map(BlockFacts::block).toList();
  }

  @Test
  void theFullestComesFirstAndEmptyOnesNever() {
    assertEquals(
        List.of(2, 3, 1),
        chosen(
            0,
            block(0, 460, Known.UNTRIED),
            block(1, 461, Known.UNTRIED),
            block(2, 512, Known.UNTRIED),
            block(3, 500, Known.SPLIT),
            block(4, 0, Known.UNTRIED)));
  }

  @Test
  void whatIsHugeIsLeftAlone() {
    assertEquals(List.of(), chosen(0, block(0, 512, Known.HUGE)));
  }

  @Test
  void aRefusedBlockGetsThePauseOfItsReason() {
    BlockFacts inUse = block(0, 512, new BlockState.Refused(Refusal.IN_USE, "", 5 * SECOND));
    BlockFacts none = block(1, 512, new BlockState.Refused(Refusal.NO_HUGE_PAGE, "", 5 * SECOND));
    assertEquals(List.of(), chosen(5 * SECOND + SECOND / 20, inUse, none));
    assertEquals(List.of(0), chosen(6 * SECOND, inUse, none));
    assertEquals(List.of(0, 1), chosen(15 * SECOND, inUse, none));
  }

  @Test
  void aShareThatIsNoneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new FullestFirst(0));
    assertThrows(IllegalArgumentException.class, () -> new FullestFirst(101));
  }
}
