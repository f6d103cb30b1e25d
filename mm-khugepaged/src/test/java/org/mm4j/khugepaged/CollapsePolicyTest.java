/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_BYTES;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_ORDER;
import static org.mm4j.khugepaged.fake.FakeKernel.HUGE_PAGES;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mm4j.AddressRange;
import org.mm4j.CollapseTrigger;
import org.mm4j.Errno;
import org.mm4j.KhugepagedTunables;
import org.mm4j.MemoryException;
import org.mm4j.PageRange;
import org.mm4j.UffdMode;
import org.mm4j.khugepaged.fake.FakeKernel;
import org.mm4j.khugepaged.fake.FakeMemory;
import org.mm4j.khugepaged.policy.AlwaysPolicy;
import org.mm4j.khugepaged.policy.KhugepagedPolicy;
import org.mm4j.khugepaged.policy.MadvisePolicy;
import org.mm4j.khugepaged.policy.NeverPolicy;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.CollapseCandidate;
import org.mm4j.spi.CollapseDecision;
import org.mm4j.spi.CollapseFact;
import org.mm4j.spi.CollapseLimits;
import org.mm4j.spi.CollapsePolicy;
import org.mm4j.spi.VmaFlag;

/** What a policy decides happens, and nothing worse than that. */
final class CollapsePolicyTest {
  private static final long BASE = 64 * HUGE_BYTES;
  private static final KhugepagedTunables NO_HOLES =
      KhugepagedTunables.linux(HUGE_ORDER).withMaxPtesNone(0);

  private final FakeKernel kernel = new FakeKernel();
  private final FakeMemory mm = kernel.newMemory();

  private HugePageService service(CollapsePolicy policy) {
    return new HugePageService(kernel.engine(new LinuxStrategy()), policy, HUGE_ORDER, NO_HOLES);
  }

  /** Maps huge ranges, of which each lacks its second page. */
  private void mapWithHoles(int ranges) {
    for (int i = 0; i < ranges; i++) {
      kernel.fillExcept((long) i * HUGE_PAGES, (long) i * HUGE_PAGES + 1);
    }
    mm.map(BASE, ranges * HUGE_BYTES, kernel.file, 0).with(VmaFlag.HUGEPAGE);
  }

  private boolean isHuge(int number) {
    return kernel.at((long) number * HUGE_PAGES).order() == HUGE_ORDER;
  }

  private void scan(HugePageService service) {
    service.enter(mm);
    service.scanOnce();
  }

  private void advise(HugePageService service) {
    service.collapse(mm, new AddressRange(BASE, HUGE_BYTES));
  }

  // ------------------------------------------------------------ the built-in ones

  @Test
  void rule_7_1_khugepagedObeysTheSettingsAndMadviseDoesNot() {
    mapWithHoles(1);
    HugePageService service = service(new KhugepagedPolicy());
    scan(service);
    assertFalse(isHuge(0), "one hole is more than none");
    advise(service);
    assertTrue(isHuge(0));
  }

  @Test
  void madviseLeavesEverythingToWhoAsks() {
    mapWithHoles(1);
    HugePageService service = service(new MadvisePolicy());
    service.tunables(KhugepagedTunables.linux(HUGE_ORDER));
    scan(service);
    assertFalse(isHuge(0));
    assertEquals(1, service.statistics().skippedByPolicy());
    advise(service);
    assertTrue(isHuge(0));
  }

  @Test
  void alwaysKnowsNoLimits() {
    mapWithHoles(1);
    scan(service(new AlwaysPolicy()));
    assertTrue(isHuge(0));
  }

  @Test
  void rule_7_8_neverIsEinvalForMadvise() {
    mapWithHoles(1);
    HugePageService service = service(new NeverPolicy());
    scan(service);
    MemoryException refused = assertThrows(MemoryException.class, () -> advise(service));
    assertEquals(Errno.EINVAL, refused.errno());
    assertTrue(refused.getMessage().contains("never"), refused.getMessage());
    assertFalse(isHuge(0));
    assertEquals(2, service.statistics().skippedByPolicy());
    assertEquals("never", service.statistics().policy());
  }

  // ------------------------------------------------------------ facts

  @Test
  void rule_7_3_factsAreThoseOfTheRange() {
    kernel.fillExcept(0, 1, 2);
    kernel.swapOut(3);
    kernel.map(4, 2);
    kernel.at(5).markDirty();
    mm.map(BASE, HUGE_BYTES, kernel.file, 0).with(VmaFlag.HUGEPAGE).with(VmaFlag.UFFD_MISSING);
    Told told = new Told(EnumSet.allOf(CollapseFact.class));
    scan(service(told));
    CollapseCandidate seen = told.seen.getFirst();
    BitSet present = new BitSet();
    present.set(0, HUGE_PAGES);
    present.clear(1, 4);
    assertEquals(present, seen.presentPages());
    assertEquals(1, seen.swappedPages());
    assertEquals(1, seen.sharedPages());
    assertEquals(1, seen.dirtyPages());
    assertEquals(Set.of(UffdMode.MISSING), seen.armedModes());
    assertEquals(new AddressRange(BASE, HUGE_BYTES), seen.addresses());
    assertEquals(mm.id(), seen.spaceId());
    assertEquals(CollapseLimits.of(NO_HOLES), seen.configuredLimits());
    assertTrue(seen.isAdvised());
  }

  @ParameterizedTest
  @EnumSource(CollapseFact.class)
  void rule_7_7_whatIsNotDeclaredIsNotGathered(CollapseFact fact) {
    mapWithHoles(1);
    Told told = new Told(EnumSet.complementOf(EnumSet.of(fact)));
    scan(service(told));
    CollapseCandidate seen = told.seen.getFirst();
    IllegalStateException missing =
        assertThrows(IllegalStateException.class, () -> read(seen, fact));
    assertTrue(missing.getMessage().contains(fact.name()), missing.getMessage());
  }

  private static Object read(CollapseCandidate candidate, CollapseFact fact) {
    return switch (fact) {
      case PRESENT_PAGES -> candidate.presentPages();
      case SWAPPED_PAGES -> candidate.swappedPages();
      case SHARED_PAGES -> candidate.sharedPages();
      case DIRTY_PAGES -> candidate.dirtyPages();
      case ARMED_MODES -> candidate.armedModes();
    };
  }

  // ------------------------------------------------------------ order

  @Test
  void theBestOnesComeFirst() {
    mapWithHoles(3);
    Told last = new Told(Set.of(), true, List::reversed);
    HugePageService service = service(last);
    service.tunables(NO_HOLES.withPace(HUGE_PAGES, 0));
    scan(service);
    assertFalse(isHuge(0) || isHuge(1), "the budget is one range");
    assertTrue(isHuge(2));
    assertEquals(1, last.seen.size(), "nobody asks about what is beyond the budget");
  }

  @Test
  void whatIsLeftOutStays() {
    mapWithHoles(2);
    scan(service(new Told(Set.of(), true, all -> all.subList(1, 2))));
    assertFalse(isHuge(0));
    assertTrue(isHuge(1));
  }

  @Test
  void rule_7_2_whatVanishesWhileThePolicyRanksIsNotLookedAt() {
    kernel.fillExcept(0);
    FakeMemory.Area area = mm.map(BASE, HUGE_BYTES, kernel.file, 0);
    Told slow =
        new Told(
            Set.of(),
            true,
            all -> {
              mm.unmap(area);
              return all;
            });
    scan(service(slow));
    assertFalse(isHuge(0));
    assertEquals(List.of(), slow.seen);
  }

  // ------------------------------------------------------------ policies that misbehave

  @Test
  void rule_7_6_whoThrowsHasDecidedNothing() {
    mapWithHoles(1);
    HugePageService service =
        service(
            new Told(Set.of()) {
              @Override
              public CollapseDecision decide(CollapseCandidate candidate) {
                throw new IllegalStateException("on purpose");
              }
            });
    scan(service);
    assertThrows(MemoryException.class, () -> advise(service));
    assertFalse(isHuge(0));
    assertEquals(2, service.statistics().policyFailures());
  }

  @Test
  @SuppressWarnings("NullAway") // the wrong answer is the point
  void rule_7_6_whoAnswersNullHasDecidedNothing() {
    mapWithHoles(1);
    HugePageService service =
        service(
            new Told(Set.of()) {
              @Override
              public CollapseDecision decide(CollapseCandidate candidate) {
                return null;
              }
            });
    scan(service);
    assertFalse(isHuge(0));
    assertEquals(1, service.statistics().policyFailures());
  }

  @Test
  void rule_7_6_whoInventsCandidatesOrNamesOneTwiceHasNotRanked() {
    mapWithHoles(1);
    CollapseCandidate invented =
        CollapseCandidate.of(
                CollapseTrigger.DAEMON,
                7,
                new AddressRange(0, HUGE_BYTES),
                new PageRange(0, HUGE_PAGES))
            .build();
    for (Function<List<CollapseCandidate>, List<CollapseCandidate>> ranking :
        List.<Function<List<CollapseCandidate>, List<CollapseCandidate>>>of(
            all -> List.of(invented), all -> List.of(all.getFirst(), all.getFirst()))) {
      Told told = new Told(Set.of(), true, ranking);
      HugePageService service = service(told);
      scan(service);
      assertEquals(1, service.statistics().policyFailures());
      assertEquals(1, told.seen.size(), "the candidates come in their own order");
    }
  }

  @Test
  void rule_7_3_aListThatIsChangedByThePolicyIsTheKernelsOwn() {
    mapWithHoles(1);
    Told told =
        new Told(
            Set.of(),
            true,
            all -> {
              all.clear();
              return all;
            });
    HugePageService service = service(told);
    scan(service);
    assertEquals(1, service.statistics().policyFailures());
    assertTrue(isHuge(0));
  }

  // ------------------------------------------------------------ which one is used

  @Test
  void isChosenByName() {
    CollapsePolicy always = new AlwaysPolicy();
    List<CollapsePolicy> known = List.of(new KhugepagedPolicy(), always);
    assertSame(known.getFirst(), NamedChoice.POLICY.choose(null, List.of(), known));
    assertSame(always, NamedChoice.POLICY.choose("always", List.of(), known));
    IllegalArgumentException unknown =
        assertThrows(
            IllegalArgumentException.class,
            () -> NamedChoice.POLICY.choose("alwyas", List.of(), known));
    assertEquals(
        "no collapse policy is named \"alwyas\"; known are always, khugepaged",
        unknown.getMessage());
  }

  /** Collapses everything, and remembers what it was asked. */
  private static class Told implements CollapsePolicy {
    final List<CollapseCandidate> seen = new ArrayList<>();
    private final Set<CollapseFact> facts;
    private final boolean ranks;
    private final Function<List<CollapseCandidate>, List<CollapseCandidate>> ranking;

    Told(Set<CollapseFact> facts) {
      this(facts, false, all -> all);
    }

    Told(
        Set<CollapseFact> facts,
        boolean ranks,
        Function<List<CollapseCandidate>, List<CollapseCandidate>> ranking) {
      this.facts = facts;
      this.ranks = ranks;
      this.ranking = ranking;
    }

    @Override
    public String name() {
      return "told";
    }

    @Override
    public Set<CollapseFact> facts() {
      return facts;
    }

    @Override
    public CollapseDecision decide(CollapseCandidate candidate) {
      seen.add(candidate);
      return new CollapseDecision.Collapse(CollapseLimits.NONE);
    }

    @Override
    public boolean ranks() {
      return ranks;
    }

    @Override
    public List<CollapseCandidate> rank(List<CollapseCandidate> candidates, int budgetPages) {
      return ranking.apply(candidates);
    }
  }
}
