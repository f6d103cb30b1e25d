/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.mm4j.KhugepagedTunables;
import org.mm4j.ScanResult;
import org.mm4j.spi.CollapseInterceptor;
import org.mm4j.spi.CollapseService;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;
import org.mm4j.spi.KernelSettings;
import org.mockito.ArgumentCaptor;

/** Which strategy a kernel gets, and the messages for those who ask for another. */
final class KhugepagedFeatureTest {
  /** A strategy of a third party. */
  private record Named(String name) implements CollapseStrategy {
    @Override
    public ScanResult collapse(CollapseSession session) {
      return ScanResult.FAIL;
    }
  }

  private static final Named MINE = new Named("mine");
  private static final Named LINUX = new Named("linux");
  private static final Named SEED = new Named("seed-v2");
  private static final List<CollapseStrategy> PROVIDED = List.of(LINUX, SEED);

  private static String refusal(
      String name, List<CollapseStrategy> given, List<CollapseStrategy> provided) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> NamedChoice.STRATEGY.choose(name, given, provided))
        .getMessage();
  }

  @Test
  void linuxIfNothingIsAskedFor() {
    assertSame(LINUX, NamedChoice.STRATEGY.choose(null, List.of(), PROVIDED));
  }

  @Test
  void namedOne() {
    assertSame(SEED, NamedChoice.STRATEGY.choose("seed-v2", List.of(), PROVIDED));
  }

  @Test
  void givenOneWins() {
    assertSame(MINE, NamedChoice.STRATEGY.choose(null, List.of(MINE), PROVIDED));
    assertSame(MINE, NamedChoice.STRATEGY.choose("linux", List.of(MINE), PROVIDED));
  }

  @Test
  void givenOneReplacesAProvidedOneOfItsName() {
    Named mine = new Named("linux");
    assertSame(mine, NamedChoice.STRATEGY.choose("linux", List.of(mine), PROVIDED));
  }

  @Test
  void severalGivenOnesNeedAName() {
    Named other = new Named("other");
    assertSame(other, NamedChoice.STRATEGY.choose("other", List.of(MINE, other), PROVIDED));
    String message = refusal(null, List.of(MINE, other), PROVIDED);
    assertTrue(message.contains("mine, other"), message);
  }

  @Test
  void unknownNameListsTheKnownOnes() {
    String message = refusal("linus", List.of(MINE), PROVIDED);
    assertTrue(message.contains("\"linus\""), message);
    assertTrue(message.contains("linux, mine, seed-v2"), message);
  }

  @Test
  void noStrategyAtAll() {
    String message = refusal(null, List.of(), List.of());
    assertTrue(message.contains("\"linux\""), message);
  }

  @Test
  void twoOfOneNameAreNamed() {
    String message = refusal(null, List.of(), List.of(MINE, new Named("mine")));
    assertTrue(message.contains("two") && message.contains(Named.class.getName()), message);
  }

  @Test
  void builtInStrategiesAreFound() {
    assertEquals(
        List.of("linux", "linux-as-merged", "pre-fix", "seed-v2"),
        ServiceLoader.load(CollapseStrategy.class).stream()
            .map(provider -> provider.get().name())
            .sorted()
            .collect(Collectors.toList()));
  }

  @Test
  void featureIsFound() {
    assertTrue(
        ServiceLoader.load(KernelFeature.class).stream()
            .anyMatch(provider -> provider.type() == KhugepagedFeature.class));
  }

  @Test
  void installsAServiceThatIsNotRunning() {
    KhugepagedTunables tunables = KhugepagedTunables.linux(3);
    Kernel kernel = mock(Kernel.class);
    when(kernel.settings())
        .thenReturn(new KernelSettings(1 << 20, 3, 2, 100, 100, 100, "pre-fix", null, tunables));
    when(kernel.extensions(CollapseStrategy.class)).thenReturn(List.of());
    when(kernel.extensions(CollapseInterceptor.class)).thenReturn(List.of());
    new KhugepagedFeature().install(kernel);
    ArgumentCaptor<CollapseService> service = ArgumentCaptor.forClass(CollapseService.class);
    verify(kernel).provideCollapse(service.capture());
    assertEquals("pre-fix", service.getValue().statistics().strategy());
    assertEquals(tunables, service.getValue().tunables());
    service.getValue().close();
  }
}
