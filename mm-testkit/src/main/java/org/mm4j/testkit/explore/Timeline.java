/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.SharedLock;

/** Writes down, if asked to, what the tasks of a run do, in words. */
final class Timeline {
  private static final int LONGEST_NAME = 48;

  /** Whether operations on what only one task has accessed are written down as well. */
  private static final boolean EVERYTHING = Boolean.getBoolean("mm4j.exploration.everything");

  /** One operation. */
  private static final class Line {
    final int task;
    final @Nullable Cell cell;
    String text;
    WorldView view = WorldView.EMPTY;

    Line(int task, @Nullable Cell cell, String text) {
      this.task = task;
      this.cell = cell;
      this.text = text;
    }
  }

  private final boolean recording;
  private final List<Line> lines = new ArrayList<>();
  private final IdentityHashMap<Object, String> names = new IdentityHashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private @Nullable Run run;
  private List<String> tasks = List.of();

  Timeline(boolean recording) {
    this.recording = recording;
  }

  void begin(Run world, List<Task> bodies) {
    if (recording) {
      run = world;
      tasks = bodies.stream().map(Task::name).toList();
    }
  }

  void performing(ExploredTask task, Step.Kind kind, @Nullable Cell cell) {
    if (recording && run != null) {
      lines.add(new Line(task.number, cell, describe(kind, cell, run)));
    }
  }

  void value(@Nullable Object value) {
    if (recording && run != null && !lines.isEmpty()) {
      Line last = lines.getLast();
      last.text = last.text + " = " + describeValue(value, run);
    }
  }

  void value(long value) {
    if (recording) {
      value((Object) value);
    }
  }

  void endStep(Run world) {
    if (recording && !lines.isEmpty()) {
      lines.getLast().view = world.view();
    }
  }

  /** Returns the names of the tasks. */
  List<String> tasks() {
    return tasks;
  }

  /** Returns the operations on what more than one task has accessed. */
  List<Violation.Entry> entries() {
    List<Violation.Entry> entries = new ArrayList<>();
    WorldView view = WorldView.EMPTY;
    for (Line line : lines) {
      if (!line.view.rows().isEmpty()) {
        view = line.view;
      }
      if (EVERYTHING || line.cell == null || line.cell.isTouchedBySeveral()) {
        entries.add(new Violation.Entry(line.task, line.text, view));
      }
    }
    return entries;
  }

  // ------------------------------------------------------------ words

  String describe(Step.@Nullable Kind kind, @Nullable Cell cell, Run world) {
    return cell == null ? String.valueOf(kind) : kind + " " + describeCell(kind, cell, world);
  }

  private String describeCell(Step.@Nullable Kind kind, Cell cell, Run world) {
    if (Cells.FRAMES.equals(cell.owner)) {
      return "of frame " + cell.index;
    }
    String given = world.nameOf(cell.owner, (int) cell.index);
    String name = given == null ? nameOf(cell.owner) : given;
    boolean whole = given != null && cell.index != Cell.NO_INDEX;
    if (whole || isLockOrQueue(kind)) {
      return name;
    }
    return cell.field instanceof VarHandle handle
        ? name + "." + fieldName(handle)
        : cell.index == Cell.NO_INDEX ? name : name + "[" + cell.index + "]";
  }

  private static boolean isLockOrQueue(Step.@Nullable Kind kind) {
    return kind != null
        && switch (kind) {
          case ACQUIRE, ACQUIRE_SHARED, TRY, TRY_SHARED, RELEASE, RELEASE_SHARED, QUEUE -> true;
          default -> false;
        };
  }

  private static String fieldName(VarHandle handle) {
    return handle.describeConstable().map(VarHandle.VarHandleDesc::constantName).orElse("field");
  }

  private String describeValue(@Nullable Object value, Run world) {
    return switch (value) {
      case null -> "nothing";
      case Long number ->
          number >= 0 && number < 10 ? number.toString() : "0x" + Long.toHexString(number);
      case String text -> text;
      default -> {
        String given = world.nameOf(value, -1);
        yield given == null ? nameOf(value) : given;
      }
    };
  }

  private String nameOf(Object object) {
    if (object instanceof Mutex || object instanceof SharedLock || object instanceof Enum<?>) {
      return object.toString();
    }
    return names.computeIfAbsent(
        object,
        key -> {
          Class<?> type = key.getClass();
          String name =
              type.isArray() ? type.getComponentType().getSimpleName() + "s" : type.getSimpleName();
          String unique = name + "#" + counts.merge(name, 1, Integer::sum);
          return unique.length() <= LONGEST_NAME ? unique : unique.substring(0, LONGEST_NAME);
        });
  }
}
