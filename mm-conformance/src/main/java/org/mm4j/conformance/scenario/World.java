/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.MapFlag;
import org.mm4j.RemapFlag;
import org.mm4j.UffdFeature;

/**
 * What a scenario has made so far, as its answers tell: it decides which steps can be made, and a
 * generator aims by it. Not thread-safe.
 */
public final class World {
  private static final int AREAS = 6;
  private static final int RANGES = 6;

  private final SortedMap<Integer, FileState> files = new TreeMap<>();
  private final SortedMap<Integer, SpaceState> spaces = new TreeMap<>();
  private final SortedMap<Integer, UffdState> uffds = new TreeMap<>();
  private final SortedMap<Integer, Integer> pins = new TreeMap<>();
  private final SortedMap<Lane, Step> waiting = new TreeMap<>();

  /** Creates a world with one empty address space. */
  public World() {
    spaces.put(0, new SpaceState(List.of()));
  }

  /** A file. */
  public static final class FileState {
    private long sizeBytes;

    /** Returns its size as far as it is known. */
    public long sizeBytes() {
      return sizeBytes;
    }
  }

  /**
   * A place where something was mapped; perhaps not any more.
   *
   * @param range its addresses
   * @param file the file
   * @param offsetBytes where in the file it begins
   * @param content the file that had this number then; it may have been closed since
   */
  public record Area(AddressRange range, int file, long offsetBytes, @Nullable FileState content) {}

  /** An address space. */
  public static final class SpaceState {
    private final List<Area> areas;
    private boolean translationsDiffer;

    private SpaceState(List<Area> areas) {
      this.areas = new ArrayList<>(areas);
    }

    /** Returns the latest areas. */
    public List<Area> areas() {
      return Collections.unmodifiableList(areas);
    }

    /**
     * Returns whether something was done after which the simulation has other translations than
     * Linux, though they show the same: an inaccessible range, a move.
     */
    public boolean translationsDiffer() {
      return translationsDiffer;
    }

    private void add(Area area) {
      areas.add(area);
      if (areas.size() > AREAS) {
        areas.removeFirst();
      }
    }
  }

  /** A userfaultfd. */
  public static final class UffdState {
    private final int space;
    private final boolean userModeOnly;
    private boolean ready;
    private long features;
    private final List<AddressRange> ranges = new ArrayList<>();

    private UffdState(int space, boolean userModeOnly) {
      this.space = space;
      this.userModeOnly = userModeOnly;
    }

    /** Returns the address space it watches. */
    public int space() {
      return space;
    }

    /** Returns whether the handshake is done. */
    public boolean isReady() {
      return ready;
    }

    /** Returns whether faults of system calls are errors. */
    public boolean isUserModeOnly() {
      return userModeOnly;
    }

    /** Returns the features that were asked for. */
    public Set<UffdFeature> features() {
      return Bits.FEATURE.set(features);
    }

    /** Returns the ranges that were registered last; perhaps not any more. */
    public List<AddressRange> ranges() {
      return Collections.unmodifiableList(ranges);
    }
  }

  /** Returns the open files. */
  public SortedMap<Integer, FileState> files() {
    return Collections.unmodifiableSortedMap(files);
  }

  /** Returns the address spaces. */
  public SortedMap<Integer, SpaceState> spaces() {
    return Collections.unmodifiableSortedMap(spaces);
  }

  /** Returns the open userfaultfds. */
  public SortedMap<Integer, UffdState> uffds() {
    return Collections.unmodifiableSortedMap(uffds);
  }

  /** Returns the pins, and the address space of each. */
  public SortedMap<Integer, Integer> pins() {
    return Collections.unmodifiableSortedMap(pins);
  }

  /** Returns the threads that wait, and in what. */
  public SortedMap<Lane, Step> waiting() {
    return Collections.unmodifiableSortedMap(waiting);
  }

  /** Returns whether a step can be made: its lane is free, and what it names is there. */
  public boolean permits(Step step) {
    if (!spaces.containsKey(step.lane().space()) || waiting.containsKey(step.lane())) {
      return false;
    }
    if (step.call() == CallKind.EXIT && step.lane().space() == 0) {
      return false;
    }
    for (int i = 0; i < step.arguments().size(); i++) {
      if (!isNameable(step.call().parameters().get(i), step.argument(i))) {
        return false;
      }
    }
    boolean local = step.call() == CallKind.FILL_FROM || step.call() == CallKind.LET_GO;
    return !local || ownerOf(step) == step.lane().space();
  }

  private boolean isNameable(Parameter parameter, long argument) {
    int number = (int) argument;
    return switch (parameter) {
      case FILE -> files.containsKey(number);
      case UFFD -> uffds.containsKey(number);
      case PIN -> pins.containsKey(number);
      case NEW_FILE -> !files.containsKey(number);
      case NEW_UFFD -> !uffds.containsKey(number);
      case NEW_PIN -> !pins.containsKey(number);
      case NEW_SPACE -> !spaces.containsKey(number);
      default -> true;
    };
  }

  private int ownerOf(Step step) {
    if (step.call() == CallKind.LET_GO) {
      return pins.getOrDefault(step.thing(0), -1);
    }
    UffdState uffd = uffds.get(step.thing(0));
    return uffd == null ? -1 : uffd.space;
  }

  /** Takes note of an answer. */
  public void record(Step step, Answer answer) {
    if (answer.outcome().isBlocked()) {
      waiting.put(step.lane(), step);
    } else {
      settle(step, answer.outcome());
    }
    for (Map.Entry<Lane, Outcome> each : answer.released().entrySet()) {
      Step waited = waiting.remove(each.getKey());
      if (waited != null) {
        settle(waited, each.getValue());
      }
    }
  }

  private void settle(Step step, Outcome outcome) {
    SpaceState space = spaces.get(step.lane().space());
    if (space != null) {
      space.translationsDiffer |=
          step.call() == CallKind.REMAP
              || (step.call() == CallKind.PROTECT && step.argument(2) == 0);
    }
    if (!outcome.isOk()) {
      return;
    }
    switch (step.call()) {
      case CREATE -> files.put(step.thing(0), new FileState());
      case TRUNCATE -> resize(step.thing(0), step.argument(1), true);
      case ALLOCATE, WRITE -> resize(step.thing(0), step.argument(1) + step.argument(2), false);
      case CLOSE_FILE -> files.remove(step.thing(0));
      case MAP -> mapped(space, step);
      case REMAP -> moved(space, step);
      case FORK -> spaces.put(step.thing(0), new SpaceState(areasOf(space)));
      case EXIT -> exit(step.lane().space());
      case HOLD -> pins.put(step.thing(0), step.lane().space());
      case LET_GO -> pins.remove(step.thing(0));
      case UFFD ->
          uffds.put(step.thing(0), new UffdState(step.lane().space(), step.argument(1) != 0));
      case HANDSHAKE -> ready(step.thing(0), step.argument(1));
      case REGISTER -> registered(step.thing(0), step.argument(1), step.argument(2));
      case CLOSE_UFFD -> uffds.remove(step.thing(0));
      default -> {}
    }
  }

  private static List<Area> areasOf(@Nullable SpaceState space) {
    return space == null ? List.of() : space.areas();
  }

  private void resize(int file, long sizeBytes, boolean mayShrink) {
    FileState state = files.get(file);
    if (state != null) {
      state.sizeBytes = mayShrink ? sizeBytes : Math.max(sizeBytes, state.sizeBytes);
    }
  }

  private void mapped(@Nullable SpaceState space, Step step) {
    if (space != null) {
      int file = step.thing(4);
      AddressRange range = new AddressRange(step.argument(0), step.argument(1));
      space.add(new Area(range, file, step.argument(5), files.get(file)));
    }
  }

  private static void moved(@Nullable SpaceState space, Step step) {
    if (space == null) {
      return;
    }
    boolean moved = Bits.REMAP.set(step.argument(3)).contains(RemapFlag.FIXED);
    long address = moved ? step.argument(4) : step.argument(0);
    for (Area area : space.areas()) {
      if (area.range().contains(step.argument(0))) {
        long offset = area.offsetBytes() + step.argument(0) - area.range().start();
        AddressRange range = new AddressRange(address, step.argument(2));
        space.add(new Area(range, area.file(), offset, area.content()));
        return;
      }
    }
  }

  private void exit(int space) {
    spaces.remove(space);
    waiting.keySet().removeIf(lane -> lane.space() == space);
    pins.values().removeIf(owner -> owner == space);
  }

  private void ready(int uffd, long features) {
    UffdState state = uffds.get(uffd);
    if (state != null) {
      state.ready = true;
      state.features = features;
    }
  }

  private void registered(int uffd, long address, long length) {
    UffdState state = uffds.get(uffd);
    if (state != null) {
      state.ranges.add(new AddressRange(address, length));
      if (state.ranges.size() > RANGES) {
        state.ranges.removeFirst();
      }
    }
  }

  /** Returns whether a call may wait for a userfaultfd: it touches memory of its own space. */
  public static boolean mayWait(Step step) {
    return switch (step.call()) {
      case LOAD, STORE, COPY_OUT, COPY_IN, HOLD, FILL_FROM -> true;
      case MAP -> Bits.MAP.set(step.argument(3)).contains(MapFlag.POPULATE);
      default -> false;
    };
  }
}
