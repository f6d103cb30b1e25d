/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.mm4j.AddressRange;
import org.mm4j.Pages;
import org.mm4j.UffdMode;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.ReverseMap;
import org.mm4j.sync.Words;
import org.mm4j.testkit.explore.Ending;
import org.mm4j.testkit.explore.Exploration;
import org.mm4j.testkit.explore.Run;
import org.mm4j.testkit.explore.Task;
import org.mm4j.testkit.world.World;
import org.mm4j.testkit.world.WorldPlan;

/**
 * Why scenarios of the race register whole VMAs: a collapse asks who watches with the reverse-map
 * lock held shared. Only a registration of a whole VMA can begin and end meanwhile; one of a part
 * has to take the lock for the split, and waits.
 */
@Isolated
final class WholeRegistrationTest {
  @Test
  void rule_2_7_aWholeVmaIsRegisteredWhileTheReverseMapLockIsHeld() {
    assertTrue(mayEndWhileTheLockIsHeld(World::guestRange));
  }

  @Test
  void rule_2_7_aPartIsNot() {
    assertFalse(mayEndWhileTheLockIsHeld(WholeRegistrationTest::allButTheLastPage));
  }

  private static AddressRange allButTheLastPage(World world) {
    AddressRange whole = world.guestRange();
    return new AddressRange(whole.start(), whole.lengthBytes() - Pages.SIZE_BYTES);
  }

  /** Explores every schedule of a registration against somebody who holds the lock for a while. */
  private static boolean mayEndWhileTheLockIsHeld(Function<World, AddressRange> range) {
    boolean[] seen = new boolean[1];
    Exploration.of("a registration and the reverse-map lock", () -> new LockHeld(range, seen))
        .explore()
        .assertComplete();
    return seen[0];
  }

  private static final class LockHeld implements Run {
    private final World world = WorldPlan.small().build();
    private final Function<World, AddressRange> range;
    private final boolean[] seen;
    private final long[] held = new long[1];

    LockHeld(Function<World, AddressRange> range, boolean[] seen) {
      this.range = range;
      this.seen = seen;
    }

    @Override
    public List<Task> tasks() {
      return List.of(new Task("holder", this::hold), new Task("register", this::register));
    }

    private void hold() {
      ReverseMap reverseMap = ((MappableFile) world.file()).mapping().reverseMap();
      reverseMap.lockShared();
      Words.set(held, 0, 1);
      Words.set(held, 0, 0);
      reverseMap.unlockShared();
    }

    private void register() {
      boolean before = Words.get(held, 0) != 0;
      world.userfaultfd().register(range.apply(world), Set.of(UffdMode.MISSING));
      seen[0] |= before && Words.get(held, 0) != 0;
    }

    @Override
    public void afterAll(Ending ending) {}

    @Override
    public void close() {
      world.close();
    }
  }
}
