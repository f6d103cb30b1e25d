/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.mm4j.AddressSpace;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Pin;
import org.mm4j.spi.AuditedSystem;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mockito.InOrder;

final class KernelExtensionTest {
  private static final MemoryAudit EMPTY = new MemoryAudit(32, 32, List.of(), List.of(), List.of());

  private final AuditedSystem system = mock(AuditedSystem.class);
  private final ExtensionContext context = mock(ExtensionContext.class);
  private final KernelExtension kernel = KernelExtension.of(() -> system);

  @BeforeEach
  void passingTest() {
    when(context.getExecutionException()).thenReturn(Optional.empty());
    when(system.audit()).thenReturn(EMPTY);
    when(system.newAddressSpace()).thenAnswer(call -> mock(AddressSpace.class));
    when(system.createMemoryFile(any(), any())).thenAnswer(call -> mock(MemoryFile.class));
  }

  @Test
  void closesPinsFirstThenEverythingLastFirst() throws Exception {
    kernel.beforeEach(context);
    MemoryFile file = kernel.newFile("guest", 4096);
    Pin pin = kernel.own(mock(Pin.class));
    AddressSpace space = kernel.newAddressSpace();
    verify(file).truncate(4096);
    kernel.afterEach(context);
    InOrder order = inOrder(pin, system, space, file);
    order.verify(pin).close();
    order.verify(system).audit();
    order.verify(space).close();
    order.verify(file).close();
    order.verify(system).audit();
    order.verify(system).close();
    assertThrows(IllegalStateException.class, kernel::system);
  }

  @Test
  void failsATestThatBreaksAnInvariantAndStillClosesEverything() throws Exception {
    kernel.beforeEach(context);
    AddressSpace space = kernel.newAddressSpace();
    Books books = new Books();
    books.freeFrames--;
    when(system.audit()).thenReturn(books.audit(), EMPTY);
    AssertionError error = assertThrows(AssertionError.class, () -> kernel.afterEach(context));
    assertTrue(error.getMessage().contains("21 free frames"), error.getMessage());
    verify(space).close();
    verify(system).close();
  }

  @Test
  void failsATestThatDoesNotBalance() {
    kernel.beforeEach(context);
    when(system.audit()).thenReturn(new Books().audit());
    AssertionError error = assertThrows(AssertionError.class, () -> kernel.afterEach(context));
    assertTrue(error.getMessage().contains("22 of 32 frames are free"), error.getMessage());
  }

  @Test
  void failsATestThatHoldsALock() {
    kernel.beforeEach(context);
    Mutex leaf = new Mutex(LockRank.LEAF, "forgotten");
    leaf.lock();
    AssertionError error = assertThrows(AssertionError.class, () -> kernel.afterEach(context));
    assertTrue(error.getMessage().contains("LEAF forgotten"), error.getMessage());
  }

  @Test
  void keepsTheFailureOfTheTestInFront() throws Exception {
    kernel.beforeEach(context);
    AssertionError failure = new AssertionError("of the test");
    when(context.getExecutionException()).thenReturn(Optional.of(failure));
    when(system.audit()).thenReturn(new Books().audit());
    kernel.afterEach(context);
    assertEquals(1, failure.getSuppressed().length);
    verify(system).close();
  }

  @Test
  void checksInTheMiddleOfATest() throws Exception {
    kernel.beforeEach(context);
    assertSame(system, kernel.system());
    kernel.checkInvariants();
    kernel.afterEach(context);
  }

  @Test
  void saysWhatIsMissing() {
    assertThrows(IllegalStateException.class, kernel::system);
    KernelExtension bookless = KernelExtension.of(() -> mock(MemorySystem.class));
    bookless.beforeEach(context);
    assertThrows(IllegalStateException.class, bookless::audit);
  }
}
