/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import org.junit.jupiter.api.Test;
import org.mm4j.KhugepagedTunables;
import org.mm4j.khugepaged.fake.FakeKernel;
import org.mm4j.khugepaged.policy.KhugepagedPolicy;
import org.mm4j.khugepaged.strategy.LinuxStrategy;
import org.mm4j.spi.MemoryDescriptor;

/** An address space that exits while it is being made known. */
final class AddressSpaceExitTest {
  private static final int ORDER = FakeKernel.HUGE_ORDER;

  private final CollapseEngine engine = new FakeKernel().engine(new LinuxStrategy());
  private final CollapseLedger ledger = new CollapseLedger();
  private final Khugepaged khugepaged =
      new Khugepaged(
          new FileScan(engine, ledger, ORDER),
          new HugePageEligibility(ORDER),
          new PolicyAdvice(new KhugepagedPolicy(), ledger),
          ledger,
          () -> KhugepagedTunables.linux(ORDER));

  @Test
  void isNotKeptForEver() {
    MemoryDescriptor mm = mock(MemoryDescriptor.class);
    when(mm.isExiting()).thenReturn(false, true);
    khugepaged.exit(mm); // comes between the question and the entry
    assertTrue(khugepaged.enter(mm), "it was the only one, so whoever sleeps is woken");
    assertFalse(khugepaged.hasWork());
  }
}
