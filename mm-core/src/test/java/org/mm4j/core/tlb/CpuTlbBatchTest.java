/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.tlb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import org.junit.jupiter.api.Test;
import org.mm4j.spi.Folio;

final class CpuTlbBatchTest {
  @Test
  void aFlushThatFailsDoesNotHideWhatFailedBefore() {
    Folio folio = mock(Folio.class);
    doThrow(new IllegalStateException("flush")).when(folio).put(1);
    IllegalStateException failure =
        assertThrows(
            IllegalStateException.class,
            () -> {
              try (CpuTlbBatch batch = new CpuTlbBatch(new FlushStatistics())) {
                batch.release(folio);
                throw new IllegalStateException("before");
              }
            });
    assertEquals("before", failure.getMessage());
    assertEquals("flush", failure.getSuppressed()[0].getMessage());
  }
}
