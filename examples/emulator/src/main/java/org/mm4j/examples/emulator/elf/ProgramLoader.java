/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.elf;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.mm4j.AddressRange;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.examples.emulator.memory.GuestMemory;
import org.mm4j.examples.emulator.memory.MemoryLayout;
import org.mm4j.examples.emulator.memory.Placement;

/** Puts a program into memory, as {@code execve} does: segments, heap, stack, trampoline. */
public final class ProgramLoader {
  /** {@code li a7, 139; ecall}: where handlers of signals return to. */
  private static final byte[] TRAMPOLINE_CODE = {
    (byte) 0x93, 0x08, (byte) 0xb0, 0x08, 0x73, 0, 0, 0
  };

  private final GuestMemory memory;

  /** Creates a loader for an empty memory. */
  public ProgramLoader(GuestMemory memory) {
    this.memory = memory;
  }

  /**
   * Loads a program.
   *
   * @param arguments its arguments, its name first
   * @param environment its environment, {@code NAME=value}
   * @param random sixteen random bytes for it
   * @return its first stack pointer
   */
  public long load(ElfFile program, List<String> arguments, List<String> environment, byte[] random)
      throws ElfException {
    MemorySegment file = MemorySegment.ofArray(program.bytes());
    for (ElfSegment segment : program.segments()) {
      memory.load(segment.address(), file.asSlice(segment.fileOffset(), segment.fileBytes()));
    }
    mapSegments(program);
    memory.startBreakAt(program.segments().getLast().pages().end());
    map(MemoryLayout.TRAMPOLINE, Pages.SIZE_BYTES, EnumSet.of(Protection.READ, Protection.EXECUTE));
    memory.load(MemoryLayout.TRAMPOLINE, MemorySegment.ofArray(TRAMPOLINE_CODE));
    map(
        MemoryLayout.STACK_END - MemoryLayout.STACK_BYTES,
        MemoryLayout.STACK_BYTES,
        EnumSet.of(Protection.READ, Protection.WRITE));
    InitialStack stack = new InitialStack(program, arguments, environment, random);
    memory.load(stack.pointer(), MemorySegment.ofArray(stack.bytes()));
    return stack.pointer();
  }

  /** A page that two segments share permits what either needs. */
  private void mapSegments(ElfFile program) {
    TreeMap<Long, Set<Protection>> shared = new TreeMap<>();
    AddressRange before = new AddressRange(0, 0);
    for (ElfSegment segment : program.segments()) {
      AddressRange pages = segment.pages();
      if (pages.start() < before.end()) {
        shared
            .computeIfAbsent(pages.start(), page -> EnumSet.noneOf(Protection.class))
            .addAll(segment.protection());
        pages = AddressRange.between(before.end(), Math.max(before.end(), pages.end()));
      }
      if (!pages.isEmpty()) {
        map(pages.start(), pages.lengthBytes(), segment.protection());
        before = pages;
        shared.put(
            pages.end() - Pages.SIZE_BYTES,
            segment.protection().isEmpty()
                ? EnumSet.noneOf(Protection.class)
                : EnumSet.copyOf(segment.protection()));
      }
    }
    for (Map.Entry<Long, Set<Protection>> page : shared.entrySet()) {
      memory.protect(new AddressRange(page.getKey(), Pages.SIZE_BYTES), page.getValue());
    }
  }

  private void map(long address, long length, Set<Protection> protection) {
    memory.mapPrivateAnonymous(address, length, protection, Placement.FIXED_NOREPLACE, false);
  }
}
