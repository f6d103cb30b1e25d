/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.spi.FaultOutcome;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageFault;
import org.mm4j.spi.Vma;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.SharedLock;

/** What others throw leaves nobody waiting for ever. */
final class FailureTest {
  private static final long PAGE = 4096;

  private final MemoryDescriptor mm = mock(MemoryDescriptor.class);
  private final SharedLock mmapLock = new SharedLock(LockRank.MMAP, "test");
  private final Vma vma = mock(Vma.class);
  private final UserfaultContext context = new UserfaultContext(mm, Set.of());

  @BeforeEach
  void arrange() {
    when(mm.mmapLock()).thenReturn(mmapLock);
    when(mm.entry(anyLong())).thenReturn(MemoryDescriptor.EntryState.NONE);
    when(vma.mm()).thenReturn(mm);
    when(vma.range()).thenReturn(new AddressRange(0, 16 * PAGE));
    context.handshake(Set.of());
  }

  private FaultOutcome fault() {
    return context.missing(new PageFault(vma, PAGE, Access.READ, true));
  }

  @Test
  void aCloseThatCannotDisarmStillWakesTheWaiters() {
    FaultOutcome.Wait wait = assertInstanceOf(FaultOutcome.Wait.class, fault());
    when(mm.nextVma(anyLong())).thenThrow(new OutOfMemoryError("injected"));
    assertThrows(OutOfMemoryError.class, context::close);
    assertFalse(mmapLock.isHeld());
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> wait.ticket().await());
  }

  @Test
  void aFaultWhoseListenerThrowsIsNotWaiting() throws Exception {
    try (AutoCloseable listening =
        context.onReadable(
            () -> {
              throw new IllegalStateException("injected");
            })) {
      assertThrows(IllegalStateException.class, this::fault);
      assertTrue(context.faults().describe().contains("waiting: 0"), listening::toString);
      assertFalse(context.isReadable());
    }
  }
}
