/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;
import org.mm4j.Pages;
import org.mm4j.conformance.executor.Lane;
import org.mm4j.conformance.scenario.Outcome;
import org.mm4j.conformance.scenario.Step;

/** Makes the call of a step on the running kernel: files, mappings, accesses. */
final class RunningCalls {
  private static final int F_ADD_SEALS = 1033;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int KEEP_SIZE_AND_PUNCH_HOLE = 3;
  private static final long EFAULT = 14;

  /** Behind the data in the scratch memory of a lane, for structures. */
  private static final long STRUCTURES = 24 << 10;

  private final RunningWorld world;
  private final RunningUffds uffds;

  RunningCalls(RunningWorld world) {
    this.world = world;
    this.uffds = new RunningUffds(world);
  }

  /** Begins it on a lane. */
  Started start(Step step, Lane lane) {
    RunningSpace space = world.space(step.lane().space());
    return switch (step.call()) {
      case CREATE, TRUNCATE, ALLOCATE, PUNCH, READ, WRITE, SEEK_DATA, SEEK_HOLE, SEAL, CLOSE_FILE ->
          file(step, lane, space);
      case MAP, UNMAP, PROTECT, REMAP, ADVISE, RESIDENCY, FORK, EXIT -> layout(step, lane, space);
      case LOAD, STORE, COPY_OUT, COPY_IN, HOLD, LET_GO -> access(step, lane, space);
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
          uffds.start(step, lane, space);
    };
  }

  /** Begins a system call. */
  static Started call(
      Lane lane, Function<Long, Outcome> decoder, SystemCall call, long... arguments) {
    lane.startCall(call.number(), arguments);
    return Started.underWay(decoder);
  }

  /** Whatever the kernel returned is without meaning but for an errno. */
  static Outcome done(long value) {
    return isErrno(value) ? Outcome.refused(-value) : Outcome.OK;
  }

  /** The kernel returned a number. */
  static Outcome number(long value) {
    return isErrno(value) ? Outcome.refused(-value) : Outcome.ok(value);
  }

  static boolean isErrno(long value) {
    return value < 0 && value >= -4095;
  }

  private Started file(Step step, Lane lane, RunningSpace space) {
    String name = "f" + step.thing(0);
    if (step.call() == org.mm4j.conformance.scenario.CallKind.CREATE) {
      lane.scratch().setString(0, name);
      return call(
          lane,
          value -> opened(space, name, value),
          SystemCall.MEMFD_CREATE,
          lane.scratchAddress(),
          step.argument(1));
    }
    long file = world.descriptor(space, name);
    MemorySegment scratch = space.process().scratch();
    long there = space.process().scratchAddress();
    return switch (step.call()) {
      case TRUNCATE -> call(lane, RunningCalls::done, SystemCall.FTRUNCATE, file, step.argument(1));
      case ALLOCATE ->
          call(
              lane,
              RunningCalls::done,
              SystemCall.FALLOCATE,
              file,
              0,
              step.argument(1),
              step.argument(2));
      case PUNCH ->
          call(
              lane,
              RunningCalls::done,
              SystemCall.FALLOCATE,
              file,
              KEEP_SIZE_AND_PUNCH_HOLE,
              step.argument(1),
              step.argument(2));
      case READ ->
          call(
              lane,
              value ->
                  isErrno(value)
                      ? Outcome.refused(-value)
                      : Outcome.ok(Pattern.describe(scratch.asSlice(0, value))),
              SystemCall.PREAD,
              file,
              there,
              step.argument(2),
              step.argument(1));
      case WRITE -> {
        Pattern.fill(scratch.asSlice(0, step.argument(2)), step.argument(3));
        yield call(
            lane,
            RunningCalls::number,
            SystemCall.PWRITE,
            file,
            there,
            step.argument(2),
            step.argument(1));
      }
      case SEEK_DATA ->
          call(lane, RunningCalls::number, SystemCall.LSEEK, file, step.argument(1), SEEK_DATA);
      case SEEK_HOLE ->
          call(lane, RunningCalls::number, SystemCall.LSEEK, file, step.argument(1), SEEK_HOLE);
      case SEAL ->
          call(lane, RunningCalls::done, SystemCall.FCNTL, file, F_ADD_SEALS, step.argument(1));
      case CLOSE_FILE -> closing(lane, space, name);
      default -> throw new IllegalArgumentException(step.toString());
    };
  }

  private Outcome opened(RunningSpace space, String name, long value) {
    if (isErrno(value)) {
      return Outcome.refused(-value);
    }
    world.opened(space, name, value);
    return Outcome.OK;
  }

  private Started closing(Lane lane, RunningSpace space, String name) {
    long descriptor = world.descriptor(space, name);
    world.closeElsewhere(space, name);
    space.descriptors().remove(name);
    return call(lane, RunningCalls::done, SystemCall.CLOSE, descriptor);
  }

  private Started layout(Step step, Lane lane, RunningSpace space) {
    long address = step.arguments().isEmpty() ? 0 : step.argument(0);
    return switch (step.call()) {
      case MAP ->
          call(
              lane,
              value -> placed(step, lane, value),
              SystemCall.MMAP,
              address,
              step.argument(1),
              step.argument(2),
              step.argument(3),
              world.descriptor(space, "f" + step.thing(4)),
              step.argument(5));
      case UNMAP -> call(lane, RunningCalls::done, SystemCall.MUNMAP, address, step.argument(1));
      case PROTECT ->
          call(
              lane,
              RunningCalls::done,
              SystemCall.MPROTECT,
              address,
              step.argument(1),
              step.argument(2));
      case REMAP ->
          call(
              lane,
              value -> placed(step, lane, value),
              SystemCall.MREMAP,
              address,
              step.argument(1),
              step.argument(2),
              step.argument(3),
              step.argument(4));
      case ADVISE ->
          call(
              lane,
              RunningCalls::done,
              SystemCall.MADVISE,
              address,
              step.argument(1),
              step.argument(2));
      case RESIDENCY -> residency(step, lane, space);
      case FORK -> {
        world.forked(step.thing(0), space, lane.fork());
        yield Started.done(Outcome.OK);
      }
      default -> throw new IllegalArgumentException(step.toString());
    };
  }

  private static Outcome placed(Step step, Lane lane, long value) {
    if (isErrno(value)) {
      return Outcome.refused(-value);
    }
    if (Placement.isOfTheKernel(step, value)) {
      lane.call(SystemCall.MUNMAP.number(), value, Placement.lengthOf(step));
      return Outcome.ok("elsewhere");
    }
    return Outcome.ok(value);
  }

  private static Started residency(Step step, Lane lane, RunningSpace space) {
    long length = step.argument(1);
    long pages = (length >>> Pages.SHIFT) + ((length & Pages.OFFSET_MASK) == 0 ? 0 : 1);
    return call(
        lane,
        value ->
            isErrno(value)
                ? Outcome.refused(-value)
                : Outcome.ok(PageRuns.of(RunningProbe.bits(space.process().scratch(), pages))),
        SystemCall.MINCORE,
        step.argument(0),
        length,
        space.process().scratchAddress());
  }

  private Started access(Step step, Lane lane, RunningSpace space) {
    long address = step.argument(0);
    return switch (step.call()) {
      case LOAD -> {
        lane.startLoad(address, (int) step.argument(1));
        yield Started.underWay(Outcome::ok);
      }
      case STORE -> {
        lane.startStore(address, step.argument(2), (int) step.argument(1));
        yield Started.underWay(value -> Outcome.OK);
      }
      case COPY_OUT, COPY_IN -> copy(step, lane, space);
      case HOLD -> hold(step, lane, space);
      case LET_GO -> {
        String name = "p" + step.thing(0);
        world.closeElsewhere(space, name + "w");
        Long writer = space.descriptors().remove(name + "w");
        if (writer != null) {
          space.must(SystemCall.CLOSE, writer);
        }
        yield closing(lane, space, name);
      }
      default -> throw new IllegalArgumentException(step.toString());
    };
  }

  /** Copies inside a system call; a part is EFAULT, as it is for the simulated call. */
  private static Started copy(Step step, Lane lane, RunningSpace space) {
    boolean in = step.call() == org.mm4j.conformance.scenario.CallKind.COPY_IN;
    long length = step.argument(1);
    MemorySegment bytes = lane.scratch().asSlice(0, length);
    if (in) {
      Pattern.fill(bytes, step.argument(2));
    }
    vector(lane, 0, lane.scratchAddress(), length);
    vector(lane, 16, step.argument(0), length);
    return call(
        lane,
        value -> {
          if (isErrno(value)) {
            return Outcome.refused(-value);
          }
          if (value < length) {
            return Outcome.refused(EFAULT);
          }
          return in ? Outcome.OK : Outcome.ok(Pattern.describe(bytes));
        },
        in ? SystemCall.PROCESS_VM_WRITEV : SystemCall.PROCESS_VM_READV,
        space.process().pid(),
        lane.scratchAddress() + STRUCTURES,
        1,
        lane.scratchAddress() + STRUCTURES + 16,
        1,
        0);
  }

  private static void vector(Lane lane, long at, long address, long length) {
    lane.scratch().set(ValueLayout.JAVA_LONG, STRUCTURES + at, address);
    lane.scratch().set(ValueLayout.JAVA_LONG, STRUCTURES + at + 8, length);
  }

  /** A pipe refers to the pages until it is closed. */
  private Started hold(Step step, Lane lane, RunningSpace space) {
    String name = "p" + step.thing(0);
    MemorySegment control = space.control().scratch();
    space.must(SystemCall.PIPE2, space.control().scratchAddress(), 0);
    long reader = control.get(ValueLayout.JAVA_INT, 0);
    long writer = control.get(ValueLayout.JAVA_INT, 4);
    vector(lane, 0, step.argument(1), step.argument(2));
    return call(
        lane,
        value -> {
          if (value == step.argument(2)) {
            space.descriptors().put(name, reader);
            space.descriptors().put(name + "w", writer);
            return Outcome.OK;
          }
          space.must(SystemCall.CLOSE, reader);
          space.must(SystemCall.CLOSE, writer);
          return Outcome.refused(isErrno(value) ? -value : EFAULT);
        },
        SystemCall.VMSPLICE,
        writer,
        lane.scratchAddress() + STRUCTURES,
        1,
        0);
  }
}
