/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

import java.util.EnumSet;
import org.mm4j.AddressRange;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.Protection;

/** The heap's end. Guarded by {@link GuestMemory}'s lock. */
final class ProgramBreak {
  private long start;
  private long limit;
  private long current;

  void startAt(long address) {
    start = Pages.alignUp(address);
    current = start;
    limit =
        start < MemoryLayout.LOW_HEAP_END
            ? MemoryLayout.LOW_HEAP_END
            : start + MemoryLayout.HEAP_BYTES;
  }

  long move(GuestMemory memory, long request) {
    if (request < start || request > limit) {
      return current;
    }
    long oldEnd = Pages.alignUp(current);
    long newEnd = Pages.alignUp(request);
    if (newEnd > oldEnd) {
      AddressRange more = AddressRange.between(oldEnd, newEnd);
      if (!memory.map().isFree(more)) {
        return current;
      }
      try {
        memory.mapRam(more, EnumSet.of(Protection.READ, Protection.WRITE), false);
      } catch (MemoryException noMemory) {
        return current;
      }
    } else if (newEnd < oldEnd) {
      memory.unmapPages(AddressRange.between(newEnd, oldEnd));
    }
    current = request;
    return current;
  }
}
