/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mm4j.Errno;
import org.mm4j.FillOutcome;
import org.mm4j.UffdMessage;

/** Garbage is collected while thousands of faults wait: every offered mode survives it. */
final class SafepointTest extends KernelFixture {
  private static final int PAGES = 20_000;

  /** The safe modes take about two seconds for all their pages, start included. */
  private static final int HANG_SECONDS = 5;

  private static final int LIMIT_SECONDS = 90;

  @Override
  Set<LinuxFeature> needs() {
    return Set.of(LinuxFeature.USERFAULTFD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "sigbus"})
  void safeModesSurviveGarbageCollections(String mode) throws Exception {
    try (ChildJvm child = ChildJvm.start(FaultStorm.class, mode, String.valueOf(PAGES))) {
      assertEquals("started", child.line());
      assertTrue(child.ends(LIMIT_SECONDS), mode + " hangs");
      assertEquals("done", lastLine(child));
      assertEquals(0, child.exitValue());
    }
  }

  @Test
  void aHandlerInAnotherProcessIsSafeForDirectAccess() throws Exception {
    int pages = PAGES / 4;
    try (ChildJvm child = ChildJvm.start(FaultStorm.class, "elsewhere", String.valueOf(pages))) {
      String[] where = child.line().split(" ", -1);
      try (LinuxUserfaultfd userfaultfd =
          memory.userfaultfdOf(Long.parseLong(where[0]), Integer.parseInt(where[1]))) {
        for (int i = 0; i < pages; i++) {
          UffdMessage.PageFault fault = (UffdMessage.PageFault) userfaultfd.take();
          assertEquals(
              new FillOutcome.Filled(PAGE),
              userfaultfd.copy(fault.address(), bytes(4096, 7), Set.of()));
        }
        assertTrue(child.ends(LIMIT_SECONDS), "the other process hangs");
        assertEquals("done", lastLine(child));
      }
    }
  }

  @Test
  void fillingTheMemoryOfAProcessThatIsGoneSaysSo() throws Exception {
    try (ChildJvm child = ChildJvm.start(FaultStorm.class, "elsewhere", "10")) {
      String[] where = child.line().split(" ", -1);
      try (LinuxUserfaultfd userfaultfd =
          memory.userfaultfdOf(Long.parseLong(where[0]), Integer.parseInt(where[1]))) {
        UffdMessage.PageFault fault = (UffdMessage.PageFault) userfaultfd.take();
        long mine = space.map(anonymous(PAGE));
        refused(Errno.EINVAL, () -> userfaultfd.move(fault.address(), mine, PAGE, false, false));
        child.kill();
        assertEquals(
            new FillOutcome.Gone(), userfaultfd.copy(fault.address(), bytes(4096, 7), Set.of()));
        assertEquals(
            new FillOutcome.Gone(), userfaultfd.zero(range(fault.address(), PAGE), Set.of()));
        assertEquals(
            new FillOutcome.Gone(), userfaultfd.resume(range(fault.address(), PAGE), Set.of()));
        assertEquals(
            new FillOutcome.Gone(), userfaultfd.poison(range(fault.address(), PAGE), Set.of()));
        assertEquals(
            new FillOutcome.Gone(),
            userfaultfd.writeProtect(range(fault.address(), PAGE), true, false));
      }
    }
  }

  @Test
  void theUnsafeModeStopsTheJvmForEver() throws Exception {
    try (ChildJvm child = ChildJvm.start(FaultStorm.class, "unsafe", String.valueOf(PAGES))) {
      assertEquals("started", child.line());
      assertFalse(child.ends(HANG_SECONDS), "the mode that is offered as unsafe has become safe");
    }
  }

  private static String lastLine(ChildJvm child) throws IOException {
    String last = "";
    for (String line = child.line(); line != null; line = child.line()) {
      last = line;
    }
    return last;
  }
}
