/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mockStatic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.UffdMode;
import org.mm4j.Userfaultfd;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Fences;
import org.mm4j.testkit.explore.Budget;
import org.mm4j.testkit.explore.Exploration;
import org.mm4j.testkit.explore.MemoryModel;
import org.mm4j.testkit.explore.Program;
import org.mm4j.testkit.explore.Search;
import org.mm4j.testkit.explore.Site;
import org.mm4j.testkit.explore.Verdict;
import org.mm4j.testkit.world.Roles;
import org.mm4j.testkit.world.Scenario;
import org.mm4j.testkit.world.WorldPlan;
import org.mockito.MockedStatic;

/**
 * The kernel's own code with one fence taken away, under the explorer with store buffers; and the
 * same search on the code as it is, which finds nothing. The strategy without its fence is {@code
 * linux-as-merged}, in {@link WrongStrategiesTest}.
 */
final class WeakenedFencesTest {
  private static final Site REGISTRATION = new Site("org.mm4j.userfaultfd.Registration", "publish");
  private static final Site ENTER = new Site("org.mm4j.core.tlb.Processor", "goInside");
  private static final Budget MOST = Budget.ofRuns(200).withWallTime(Duration.ofSeconds(90));

  /** The flags are stored when the fence is made, and the registration has not returned yet. */
  @Test
  void rule_6_1_aRegistrationFencesItsFlagsBeforeItReturns() {
    AddressRange range = new AddressRange(0x1000_0000L, Pages.SIZE_BYTES);
    List<Boolean> armedAtTheFence = new ArrayList<>();
    try (MemorySystem system = MemorySystem.simulated().physicalBytes(64L << 20).build();
        MemoryFile file = system.createMemoryFile("file", Set.of());
        AddressSpace space = system.newAddressSpace()) {
      file.truncate(range.lengthBytes());
      space.map(MapRequest.shared(file, 0, range.lengthBytes()).at(range.start()));
      Userfaultfd userfaultfd = space.userfaultfd(Set.of());
      userfaultfd.handshake(Set.of());
      MemoryDescriptor mm = (MemoryDescriptor) space;
      try (MockedStatic<Fences> fences = mockStatic(Fences.class)) {
        fences
            .when(Fences::full)
            .then(call -> armedAtTheFence.add(mm.findVma(range.start()).has(VmaFlag.UFFD_MISSING)));
        userfaultfd.register(range, Set.of(UffdMode.MISSING));
      }
      userfaultfd.close();
    }
    assertTrue(armedAtTheFence.contains(true), "no full fence behind the flags");
  }

  /** On this machine the release of the mmap lock, which comes right after it, is a fence, too. */
  @Test
  void rule_6_1_itsAbsenceIsNotSeenUnderTso() {
    explore(registration(), REGISTRATION).assertNothingFound();
  }

  @Test
  void rule_3_2_aProcessorThatEntersWithoutItsFenceIsFound() {
    assertEquals("3.10", explore(new StaleProcessor(), ENTER).assertBroken().rule());
    explore(new StaleProcessor()).assertNothingFound();
  }

  /** Whoever fills the page between the queueing and the sleep does not wake anybody. */
  @Test
  void rule_6_4_noFaultSleepsOverItsPage() {
    Exploration.of(
            "copy against a fault",
            Scenario.of(WorldPlan.small(), Roles.COPY, Roles.named("load-hole").orElseThrow()))
        .search(Search.pct(1, 3))
        .budget(MOST)
        .explore()
        .assertNothingFound();
  }

  private static Program registration() {
    return Scenario.of(WorldPlan.small(), Roles.COLLAPSE, Roles.REGISTER);
  }

  private static Verdict explore(Program program, Site... weakened) {
    return Exploration.of("weakened", program)
        .memoryModel(MemoryModel.TSO)
        .weakened(weakened)
        .search(Search.pct(2, 3))
        .budget(MOST)
        .explore();
  }
}
