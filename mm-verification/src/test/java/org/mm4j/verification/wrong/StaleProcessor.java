/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import org.mm4j.AddressSpace;
import org.mm4j.GuestCpu;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.sync.Counter;
import org.mm4j.testkit.explore.Ending;
import org.mm4j.testkit.explore.Program;
import org.mm4j.testkit.explore.RuleBroken;
import org.mm4j.testkit.explore.Run;
import org.mm4j.testkit.explore.Task;

/**
 * A processor that knows a translation enters while its page is punched out. Once the punch has
 * returned, the processor must not read the page any more.
 */
final class StaleProcessor implements Program {
  private static final long ADDRESS = 0x1000_0000L;
  private static final long OLD = 0x0ddb0b;

  @Override
  public Run newRun() {
    return new Entering();
  }

  private static final class Entering implements Run {
    private final MemorySystem system =
        MemorySystem.simulated()
            .physicalBytes(64L * Pages.SIZE_BYTES)
            .hugeOrder(3)
            .chunkShift(2)
            .build();
    private final MemoryFile file = system.createMemoryFile("file", Set.of());
    private final AddressSpace space = system.newAddressSpace();
    private final Counter punches = new Counter();

    Entering() {
      file.truncate(Pages.SIZE_BYTES);
      file.write(0, MemorySegment.ofArray(new long[] {OLD}));
      space.map(MapRequest.shared(file, 0, Pages.SIZE_BYTES).at(ADDRESS));
    }

    @Override
    public List<Task> tasks() {
      return List.of(new Task("processor", this::enterTwice), new Task("punch", this::punch));
    }

    private void enterTwice() {
      try (GuestCpu cpu = space.newCpu()) {
        cpu.loadLong(ADDRESS);
        cpu.enter();
        boolean gone = punches.get() > 0; // a step; the load belongs to it
        long value = cpu.loadLong(ADDRESS);
        cpu.exit();
        if (gone && value == OLD) {
          throw new RuleBroken("3.10", "a page is read that was punched out before");
        }
      }
    }

    private void punch() {
      file.punchHole(0, Pages.SIZE_BYTES);
      punches.add(1);
    }

    @Override
    public void afterAll(Ending ending) {}

    @Override
    public void close() {
      system.close();
    }
  }
}
