/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Errno;
import org.mm4j.GuestCpu;
import org.mm4j.MapRequest;
import org.mm4j.UffdMessage;
import org.mm4j.Userfaultfd;
import org.mm4j.conformance.scenario.Bits;
import org.mm4j.conformance.scenario.Outcome;
import org.mm4j.conformance.scenario.Parameter;
import org.mm4j.conformance.scenario.Step;

/** Makes the call of a step through {@link org.mm4j}. */
final class SimulatedCalls {
  private final SimulatedWorld world;

  SimulatedCalls(SimulatedWorld world) {
    this.world = world;
  }

  /** Makes it, on the thread of its lane. */
  Outcome make(Step step, SimulatedLane lane) {
    return switch (step.call()) {
      case CREATE, TRUNCATE, ALLOCATE, PUNCH, READ, WRITE, SEEK_DATA, SEEK_HOLE, SEAL, CLOSE_FILE ->
          file(step);
      case MAP, UNMAP, PROTECT, REMAP, ADVISE, RESIDENCY, FORK, EXIT -> layout(step);
      case LOAD, STORE, COPY_OUT, COPY_IN, HOLD, LET_GO -> access(step, lane);
      case UFFD,
          HANDSHAKE,
          REGISTER,
          UNREGISTER,
          FILL_COPY,
          FILL_FROM,
          FILL_ZERO,
          WAKE,
          MESSAGES,
          CLOSE_UFFD ->
          uffd(step);
    };
  }

  private Outcome file(Step step) {
    int file = step.thing(0);
    return switch (step.call()) {
      case CREATE ->
          done(
              () ->
                  world.add(
                      file,
                      world
                          .memory()
                          .createMemoryFile("f" + file, Bits.FILE.set(step.argument(1)))));
      case TRUNCATE -> done(() -> world.file(file).truncate(step.argument(1)));
      case ALLOCATE -> done(() -> world.file(file).allocate(step.argument(1), step.argument(2)));
      case PUNCH -> done(() -> world.file(file).punchHole(step.argument(1), step.argument(2)));
      case READ -> {
        MemorySegment bytes = bytes(step.argument(2));
        int length = world.file(file).read(step.argument(1), bytes);
        yield Outcome.ok(Pattern.describe(bytes.asSlice(0, length)));
      }
      case WRITE ->
          Outcome.ok(
              world
                  .file(file)
                  .write(
                      step.argument(1), Pattern.fill(bytes(step.argument(2)), step.argument(3))));
      case SEEK_DATA -> sought(world.file(file).seekData(step.argument(1)));
      case SEEK_HOLE -> sought(world.file(file).seekHole(step.argument(1)));
      case SEAL -> done(() -> world.file(file).addSeals(Bits.SEAL.set(step.argument(1))));
      case CLOSE_FILE -> done(() -> world.removeFile(file).close());
      default -> throw new IllegalArgumentException(step.toString());
    };
  }

  private static MemorySegment bytes(long length) {
    return MemorySegment.ofArray(new byte[Math.toIntExact(length)]);
  }

  private static Outcome sought(OptionalLong offset) {
    return offset.isPresent() ? Outcome.ok(offset.getAsLong()) : Outcome.refused(Errno.ENXIO);
  }

  private Outcome layout(Step step) {
    AddressSpace space = world.space(step.lane().space());
    return switch (step.call()) {
      case MAP ->
          Outcome.ok(
              space.map(
                  new MapRequest(
                      step.argument(0),
                      step.argument(1),
                      Bits.PROTECTION.set(step.argument(2)),
                      Bits.MAP.set(step.argument(3)),
                      world.file(step.thing(4)),
                      step.argument(5))));
      case UNMAP -> done(() -> space.unmap(range(step, 0)));
      case PROTECT ->
          done(() -> space.protect(range(step, 0), Bits.PROTECTION.set(step.argument(2))));
      case REMAP -> remap(space, step);
      case ADVISE -> done(() -> space.advise(range(step, 0), Parameter.advice(step.argument(2))));
      case RESIDENCY -> Outcome.ok(PageRuns.of(space.residency(range(step, 0))));
      case FORK -> done(() -> world.add(step.thing(0), space.fork()));
      default -> throw new IllegalArgumentException(step.toString());
    };
  }

  /** A mapping that the kernel placed is not the same on two kernels: it goes at once. */
  private static Outcome remap(AddressSpace space, Step step) {
    long address =
        space.remap(
            range(step, 0), step.argument(2), Bits.REMAP.set(step.argument(3)), step.argument(4));
    if (Placement.isOfTheKernel(step, address)) {
      space.unmap(new AddressRange(address, Placement.lengthOf(step)));
      return Outcome.ok("elsewhere");
    }
    return Outcome.ok(address);
  }

  private Outcome access(Step step, SimulatedLane lane) {
    AddressSpace space = world.space(step.lane().space());
    long address = step.argument(0);
    return switch (step.call()) {
      case LOAD -> Outcome.ok(load(lane.cpu(), address, step.argument(1)));
      case STORE -> done(() -> store(lane.cpu(), address, step.argument(1), step.argument(2)));
      case COPY_OUT -> {
        MemorySegment bytes = bytes(step.argument(1));
        space.read(address, bytes);
        yield Outcome.ok(Pattern.describe(bytes));
      }
      case COPY_IN ->
          done(() -> space.write(address, Pattern.fill(bytes(step.argument(1)), step.argument(2))));
      case HOLD ->
          done(
              () ->
                  world.add(
                      step.thing(0), step.lane().space(), space.pin(range(step, 1), Access.READ)));
      case LET_GO -> done(() -> world.removePin(step.thing(0)).close());
      default -> throw new IllegalArgumentException(step.toString());
    };
  }

  private static long load(GuestCpu cpu, long address, long width) {
    return switch ((int) width) {
      case 1 -> cpu.loadByte(address) & 0xffL;
      case 2 -> cpu.loadShort(address) & 0xffffL;
      case 4 -> cpu.loadInt(address) & 0xffff_ffffL;
      default -> cpu.loadLong(address);
    };
  }

  private static void store(GuestCpu cpu, long address, long width, long value) {
    switch ((int) width) {
      case 1 -> cpu.storeByte(address, (byte) value);
      case 2 -> cpu.storeShort(address, (short) value);
      case 4 -> cpu.storeInt(address, (int) value);
      default -> cpu.storeLong(address, value);
    }
  }

  private Outcome uffd(Step step) {
    int number = step.thing(0);
    return switch (step.call()) {
      case UFFD ->
          done(
              () ->
                  world.add(
                      number,
                      world
                          .space(step.lane().space())
                          .userfaultfd(Bits.UFFD.set(step.argument(1)))));
      case HANDSHAKE ->
          done(() -> world.uffd(number).handshake(Bits.FEATURE.set(step.argument(1))));
      case REGISTER ->
          done(() -> world.uffd(number).register(range(step, 1), Bits.MODE.set(step.argument(3))));
      case UNREGISTER -> done(() -> world.uffd(number).unregister(range(step, 1)));
      case FILL_COPY ->
          Outcome.filled(
              world
                  .uffd(number)
                  .copy(
                      step.argument(1),
                      Pattern.fill(bytes(step.argument(2)), step.argument(4)),
                      Bits.FILL.set(step.argument(3))));
      case FILL_FROM ->
          Outcome.filled(
              world
                  .uffd(number)
                  .copy(
                      step.argument(1),
                      step.argument(2),
                      step.argument(3),
                      Bits.FILL.set(step.argument(4))));
      case FILL_ZERO ->
          Outcome.filled(world.uffd(number).zero(range(step, 1), Bits.FILL.set(step.argument(3))));
      case WAKE -> done(() -> world.uffd(number).wake(range(step, 1)));
      case MESSAGES -> messages(world.uffd(number));
      case CLOSE_UFFD -> done(() -> world.removeUffd(number).close());
      default -> throw new IllegalArgumentException(step.toString());
    };
  }

  /** Threads that fault at the same time queue in any order, so the messages are sorted. */
  private static Outcome messages(Userfaultfd uffd) {
    List<String> lines = new ArrayList<>();
    @Nullable UffdMessage message = uffd.poll();
    for (; message != null; message = uffd.poll()) {
      lines.add(
          message instanceof UffdMessage.PageFault fault
              ? Messages.pageFault(fault.address(), fault.flags())
              : message.toString());
    }
    return Messages.outcome(lines);
  }

  private static AddressRange range(Step step, int first) {
    return new AddressRange(step.argument(first), step.argument(first + 1));
  }

  private static Outcome done(Runnable call) {
    call.run();
    return Outcome.OK;
  }
}
