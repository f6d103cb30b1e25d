/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.mm4j.KhugepagedTunables;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;
import org.mm4j.spi.KernelSettings;
import org.mockito.ArgumentCaptor;

final class ShmemFeatureTest {
  @Test
  void theServiceLoaderFindsIt() {
    assertTrue(
        ServiceLoader.load(KernelFeature.class).stream()
            .anyMatch(provider -> provider.type() == ShmemFeature.class));
    assertEquals("shmem", new ShmemFeature().name());
  }

  @Test
  void itGivesAKernelMemoryFiles() {
    Kernel kernel = mock(Kernel.class);
    when(kernel.settings())
        .thenReturn(
            new KernelSettings(1 << 21, 9, 6, 10, 5, 10, null, null, KhugepagedTunables.LINUX));
    new ShmemFeature().install(kernel);
    ArgumentCaptor<org.mm4j.spi.MemoryFileSource> source =
        ArgumentCaptor.forClass(org.mm4j.spi.MemoryFileSource.class);
    verify(kernel).provideMemoryFiles(source.capture());
    try (var file = source.getValue().create("a", Set.of())) {
      assertEquals("a", file.name());
      assertTrue(file.mapping().operations().charge(5));
      assertEquals(40, file.blocks());
    }
    verify(kernel).provideMemoryFiles(any());
  }
}
