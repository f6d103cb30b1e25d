/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.mm4j.AddressRange;
import org.mm4j.MappingView;
import org.mm4j.MemoryException;
import org.mm4j.Protection;
import org.mm4j.Seal;

/** Looks at a simulated kernel. */
final class SimulatedProbe implements Probe {
  private final SimulatedWorld world;
  private byte[] buffer = new byte[0];

  SimulatedProbe(SimulatedWorld world) {
    this.world = world;
  }

  @Override
  public long sizeBytes(int file) {
    return world.file(file).sizeBytes();
  }

  @Override
  public long blocks(int file) {
    return world.file(file).blocks();
  }

  @Override
  public OptionalLong seekData(int file, long offsetBytes) {
    return world.file(file).seekData(offsetBytes);
  }

  @Override
  public OptionalLong seekHole(int file, long offsetBytes) {
    return world.file(file).seekHole(offsetBytes);
  }

  @Override
  public Set<Seal> seals(int file) {
    return world.file(file).seals();
  }

  @Override
  public MemorySegment content(int file, long offsetBytes, int lengthBytes) {
    if (buffer.length < lengthBytes) {
      buffer = new byte[lengthBytes];
    }
    MemorySegment bytes = MemorySegment.ofArray(buffer).asSlice(0, lengthBytes);
    return bytes.asSlice(0, world.file(file).read(offsetBytes, bytes));
  }

  @Override
  public List<Mapped> mappings(int space, boolean closely) {
    return world.space(space).mappings().stream()
        .map(
            view ->
                new Mapped(
                    view.range(), text(view), view.hugeBytes(), !view.userfaultModes().isEmpty()))
        .toList();
  }

  private static String text(MappingView view) {
    return MappedText.of(
        view.protection().contains(Protection.READ),
        view.protection().contains(Protection.WRITE),
        view.protection().contains(Protection.EXECUTE),
        String.valueOf(view.fileName()),
        view.offsetBytes());
  }

  @Override
  public BitSet residency(int space, AddressRange range) {
    return world.space(space).residency(range);
  }

  @Override
  public Readiness readiness(int uffd) {
    try {
      return world.uffd(uffd).isReadable() ? Readiness.READABLE : Readiness.EMPTY;
    } catch (MemoryException e) {
      return Readiness.ERROR;
    }
  }
}
