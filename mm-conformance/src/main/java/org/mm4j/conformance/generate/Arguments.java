/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.generate;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Advice;
import org.mm4j.FillFlag;
import org.mm4j.MapFlag;
import org.mm4j.Pages;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.Seal;
import org.mm4j.UffdFeature;
import org.mm4j.UffdMode;
import org.mm4j.conformance.scenario.Bits;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Lane;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.scenario.World;
import org.mm4j.conformance.scenario.World.Area;

/**
 * Chooses the arguments of a call. Some are wrong on purpose: {@value #HOSTILE_PERCENT} of 100
 * addresses and lengths.
 */
final class Arguments {
  private static final int HOSTILE_PERCENT = 4;
  private static final long COPY_BYTES = 8 * Aim.PAGE;
  private static final long LANE_BYTES = 256;
  private static final long ACCESS_BYTES = 64;
  private static final long FILES = 3;
  private static final int UFFDS = 3;
  private static final int PINS = 2;

  private final Aim aim;
  private int files;
  private int uffds;
  private int spaces = 1;
  private int pins;
  private int value;

  Arguments(Aim aim) {
    this.aim = aim;
  }

  /** Returns the call with arguments, on any lane; null if there is nothing to call it on. */
  @Nullable Step of(CallKind call, int space, World world) {
    return switch (call) {
      case CREATE, TRUNCATE, ALLOCATE, PUNCH, READ, WRITE, SEEK_DATA, SEEK_HOLE, SEAL, CLOSE_FILE ->
          file(call, world);
      case MAP, FORK, EXIT, UFFD -> making(call, space, world);
      case UNMAP, PROTECT, REMAP, ADVISE, RESIDENCY -> range(call, space, world);
      case LOAD, STORE, COPY_OUT, COPY_IN, HOLD, LET_GO -> access(call, space, world);
      case HANDSHAKE,
          REGISTER,
          UNREGISTER,
          FILL_COPY,
          FILL_FROM,
          FILL_ZERO,
          WAKE,
          MESSAGES,
          CLOSE_UFFD ->
          uffd(call, world);
    };
  }

  /**
   * Gives each lane its own part of every page, if threads may wait: those that are woken together
   * run in any order.
   */
  static Step apart(Step step, World world) {
    boolean accesses =
        Set.of(CallKind.LOAD, CallKind.STORE, CallKind.COPY_IN, CallKind.COPY_OUT)
            .contains(step.call());
    if (!accesses || world.uffds().isEmpty()) {
      return step;
    }
    long part = (step.lane().space() % 4 * 4 + step.lane().thread()) * LANE_BYTES;
    long within = step.argument(0) & (LANE_BYTES - ACCESS_BYTES);
    return step.with(0, Pages.alignDown(step.argument(0)) + part + within);
  }

  private static Step step(CallKind call, long... arguments) {
    return Step.of(new Lane(0, 0), call, arguments);
  }

  /** A value that no recent step has stored. */
  private long value() {
    value = value % 251 + 1;
    return value;
  }

  private @Nullable Step file(CallKind call, World world) {
    if (call == CallKind.CREATE) {
      return world.files().size() >= FILES ? null : step(call, files++, aim.oneOf(0, 2, 2));
    }
    if (world.files().isEmpty()) {
      return null;
    }
    int file = aim.oneOf(List.copyOf(world.files().keySet()));
    World.FileState state = world.files().get(file);
    long size = state == null ? 0 : state.sizeBytes();
    long offset = aim.chance(HOSTILE_PERCENT) ? hostileOffset() : aim.fileOffset(size);
    long length = aim.fileLength();
    return switch (call) {
      case TRUNCATE -> step(call, file, aim.chance(2) ? -1 : aim.fileSize());
      case ALLOCATE, PUNCH ->
          step(call, file, offset, aim.chance(HOSTILE_PERCENT) ? hostileLength() : length);
      case READ -> step(call, file, offset, length);
      case WRITE -> step(call, file, offset, aim.chance(2) ? 0 : length, value());
      case SEEK_DATA, SEEK_HOLE -> step(call, file, offset);
      case SEAL -> step(call, file, seals());
      case CLOSE_FILE -> step(call, file);
      default -> throw new IllegalArgumentException(call.text());
    };
  }

  private long hostileOffset() {
    return aim.oneOf(-1, Long.MIN_VALUE, Long.MAX_VALUE, -Aim.PAGE);
  }

  /** Never one that would make Linux allocate all the memory there is. */
  private long hostileLength() {
    return aim.oneOf(0, -1, Long.MIN_VALUE);
  }

  private long seals() {
    Seal seal = aim.oneOf(List.of(Seal.values()));
    return Bits.SEAL.of(aim.chance(80) ? List.of(seal) : List.of(seal, Seal.GROW));
  }

  private @Nullable Step making(CallKind call, int space, World world) {
    return switch (call) {
      case MAP -> map(world);
      case FORK -> ScenarioGenerator.mayFork(world) ? step(call, spaces++) : null;
      case EXIT -> space == 0 ? null : step(call);
      default -> world.uffds().size() >= UFFDS ? null : step(call, uffds++, aim.chance(15) ? 1 : 0);
    };
  }

  private @Nullable Step map(World world) {
    if (world.files().isEmpty()) {
      return null;
    }
    Set<MapFlag> placed =
        Set.of(MapFlag.SHARED, aim.chance(70) ? MapFlag.FIXED_NOREPLACE : MapFlag.FIXED);
    long flags = Bits.MAP.of(placed);
    if (aim.chance(8)) {
      flags |= Bits.MAP.of(Set.of(MapFlag.POPULATE));
    }
    boolean hostile = aim.chance(HOSTILE_PERCENT);
    long address = aim.mapAddress();
    long length = aim.mapLength();
    if (hostile && aim.chance(50)) {
      address = aim.oneOf(address + 1, 1L << 47, 1L << 63, -Aim.PAGE);
    } else if (hostile) {
      length = aim.oneOf(0, -1, 1, Aim.PAGE + 1);
    }
    return step(
        CallKind.MAP,
        address,
        length,
        protection(85),
        flags,
        aim.oneOf(List.copyOf(world.files().keySet())),
        hostile && aim.chance(30) ? 1 : aim.mapOffset());
  }

  private long protection(int percentBoth) {
    return Bits.PROTECTION.of(
        aim.chance(percentBoth)
            ? Set.of(Protection.READ, Protection.WRITE)
            : aim.chance(75) ? Set.of(Protection.READ) : Set.of());
  }

  /** A range in an area of a space, or a hostile one. */
  private @Nullable AddressRange rangeIn(World world, int space) {
    Area area = aim.area(world, space);
    if (area == null) {
      return aim.chance(10) ? new AddressRange(aim.hostileAddress(), Aim.PAGE) : null;
    }
    AddressRange range = aim.range(world, area);
    if (!aim.chance(HOSTILE_PERCENT)) {
      return range;
    }
    return switch (aim.below(3)) {
      case 0 -> new AddressRange(range.start() + aim.oneOf(1, 100), range.lengthBytes());
      case 1 -> new AddressRange(range.start(), aim.hostileLength());
      default -> new AddressRange(aim.hostileAddress(), Aim.PAGE);
    };
  }

  private @Nullable Step range(CallKind call, int space, World world) {
    AddressRange range = rangeIn(world, space);
    if (range == null) {
      return null;
    }
    long start = range.start();
    long length = range.lengthBytes();
    return switch (call) {
      case UNMAP, RESIDENCY -> step(call, start, length);
      case PROTECT -> step(call, start, length, protection(60));
      case ADVISE -> advise(range, space, world);
      case REMAP -> remap(range);
      default -> throw new IllegalArgumentException(call.text());
    };
  }

  private Step advise(AddressRange range, int space, World world) {
    Advice advice =
        switch (aim.below(20)) {
          case 0, 1, 2 -> Advice.DONTNEED;
          case 3, 4 -> Advice.REMOVE;
          case 5 -> Advice.HUGEPAGE;
          case 6 -> Advice.NOHUGEPAGE;
          case 7 -> aim.oneOf(List.of(Advice.NORMAL, Advice.RANDOM, Advice.SEQUENTIAL));
          default -> Advice.COLLAPSE;
        };
    Area area = aim.area(world, space);
    if (advice == Advice.COLLAPSE && area != null && aim.chance(75)) {
      long length = aim.chance(70) ? Aim.HUGE : 2 * Aim.HUGE;
      return step(CallKind.ADVISE, aim.hugeIn(area), length, advice.number());
    }
    return step(CallKind.ADVISE, range.start(), range.lengthBytes(), advice.number());
  }

  private Step remap(AddressRange range) {
    Set<RemapFlag> flags =
        switch (aim.below(6)) {
          case 0 -> Set.of();
          case 1 -> Set.of(RemapFlag.MAY_MOVE, RemapFlag.FIXED, RemapFlag.DONT_UNMAP);
          case 2 -> Set.of(RemapFlag.FIXED);
          case 3 -> Set.of(RemapFlag.MAY_MOVE);
          default -> Set.of(RemapFlag.MAY_MOVE, RemapFlag.FIXED);
        };
    long length = range.lengthBytes();
    long fresh =
        switch (aim.below(5)) {
          case 0 -> Math.max(Aim.PAGE, length - Aim.PAGE);
          case 1 -> length + Aim.PAGE;
          case 2 -> aim.chance(20) ? aim.oneOf(0, 1, Aim.HUGE) : length;
          default -> length;
        };
    long old = aim.chance(4) ? 0 : length;
    return step(CallKind.REMAP, range.start(), old, fresh, Bits.REMAP.of(flags), aim.mapAddress());
  }

  private @Nullable Step access(CallKind call, int space, World world) {
    if (call == CallKind.LET_GO) {
      return world.pins().isEmpty()
          ? null
          : step(call, aim.oneOf(List.copyOf(world.pins().keySet())));
    }
    Area area = aim.area(world, space);
    if (area == null) {
      return null;
    }
    AddressRange watched = watchedIn(world, space);
    long page = watched != null && aim.chance(50) ? aim.pageOf(watched) : aim.pageIn(world, area);
    long width = 1L << aim.below(4);
    return switch (call) {
      case LOAD -> step(call, within(page, width), width);
      case STORE -> step(call, within(page, width), width, value());
      case COPY_OUT -> step(call, within(page, 64), aim.oneOf(1, 8, 64));
      case COPY_IN -> step(call, within(page, 64), aim.oneOf(1, 8, 64), value());
      case HOLD ->
          world.pins().size() >= PINS
              ? null
              : step(call, pins++, page, Aim.PAGE * (1 + aim.below(2)));
      default -> throw new IllegalArgumentException(call.text());
    };
  }

  /** A range of a space that was watched last, or null. */
  private @Nullable AddressRange watchedIn(World world, int space) {
    List<AddressRange> ranges =
        world.uffds().values().stream()
            .filter(uffd -> uffd.space() == space)
            .flatMap(uffd -> uffd.ranges().stream())
            .toList();
    return ranges.isEmpty() ? null : aim.oneOf(ranges);
  }

  /** An address of that alignment in a page. */
  private long within(long page, long width) {
    return page + aim.oneOf(0, width, Aim.PAGE / 2, Aim.PAGE - width);
  }

  private @Nullable Step uffd(CallKind call, World world) {
    if (world.uffds().isEmpty()) {
      return null;
    }
    int uffd = aim.oneOf(List.copyOf(world.uffds().keySet()));
    World.UffdState state = world.uffds().get(uffd);
    if (state == null) {
      return null;
    }
    if (call == CallKind.HANDSHAKE) {
      return state.isReady() && aim.chance(90) ? null : step(call, uffd, features());
    }
    if (call == CallKind.MESSAGES || call == CallKind.CLOSE_UFFD) {
      return step(call, uffd);
    }
    AddressRange range = watched(call, state, world);
    return range == null ? null : onRange(call, uffd, range, state.space(), world);
  }

  private @Nullable AddressRange watched(CallKind call, World.UffdState state, World world) {
    Long wanted = call == CallKind.REGISTER ? null : aim.waitedFor(world);
    if (wanted != null && aim.chance(60)) {
      return new AddressRange(wanted, aim.chance(80) ? Aim.PAGE : 3 * Aim.PAGE);
    }
    if (call != CallKind.REGISTER && !state.ranges().isEmpty() && aim.chance(80)) {
      AddressRange range = aim.oneOf(state.ranges());
      return aim.chance(20) ? range : new AddressRange(aim.pageOf(range), aim.pages());
    }
    return rangeIn(world, state.space());
  }

  private @Nullable Step onRange(
      CallKind call, int uffd, AddressRange range, int space, World world) {
    long start = range.start();
    long length = range.lengthBytes();
    boolean sane = length > 0;
    long filled = sane ? Math.min(length, aim.chance(90) ? COPY_BYTES : Aim.HUGE) : length;
    return switch (call) {
      case REGISTER -> {
        Area area = aim.chance(60) ? aim.area(world, space) : null;
        AddressRange all = area == null ? range : area.range();
        yield step(call, uffd, all.start(), all.lengthBytes(), modes());
      }
      case UNREGISTER, WAKE -> step(call, uffd, start, length);
      case FILL_COPY -> sane ? step(call, uffd, start, filled, fillFlags(), value()) : null;
      case FILL_ZERO -> step(call, uffd, start, filled, fillFlags());
      case FILL_FROM -> {
        AddressRange source = rangeIn(world, space);
        yield source == null ? null : step(call, uffd, start, source.start(), filled, fillFlags());
      }
      default -> throw new IllegalArgumentException(call.text());
    };
  }

  private long modes() {
    return Bits.MODE.of(aim.chance(97) ? Set.of(UffdMode.MISSING) : Set.of());
  }

  private long fillFlags() {
    return switch (aim.below(30)) {
      case 0, 1, 2, 3 -> Bits.FILL.of(Set.of(FillFlag.DONT_WAKE));
      case 4 -> Bits.FILL.of(Set.of(FillFlag.WRITE_PROTECT));
      default -> 0;
    };
  }

  private long features() {
    return switch (aim.below(10)) {
      case 0 -> Bits.FEATURE.of(Set.of(UffdFeature.SIGBUS));
      case 1, 2 -> Bits.FEATURE.of(Set.of(UffdFeature.EXACT_ADDRESS));
      case 3 -> Bits.FEATURE.of(Set.of(UffdFeature.MISSING_SHMEM));
      default -> 0;
    };
  }
}
