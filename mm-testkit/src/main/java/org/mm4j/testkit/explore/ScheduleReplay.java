/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/** The schedule that was printed, with every access a step; then whoever can go on. */
final class ScheduleReplay implements Chooser {
  private final String text;
  private Schedule schedule = new Schedule();
  private boolean parsed;
  private int at;

  ScheduleReplay(String text) {
    this.text = text;
  }

  @Override
  public void begin() {
    at = 0;
  }

  @Override
  public int choose(ExploredRun run, int enabled) {
    if (!parsed) {
      schedule = Schedule.parse(text, run.taskCount());
      parsed = true;
    }
    if (at < schedule.size()) {
      int actor = schedule.get(at++);
      if ((enabled & 1 << actor) == 0) {
        throw new ExplorationFailed(
            "the schedule does not fit the program: its step %d cannot be made; %s"
                .formatted(at - 1, run.describeState()));
      }
      return actor;
    }
    int last = run.lastActor();
    return last >= 0 && (enabled & 1 << last) != 0 ? last : Integer.numberOfTrailingZeros(enabled);
  }

  @Override
  public boolean next() {
    return false;
  }

  @Override
  public void restart() {}

  @Override
  public boolean onlySharedCells() {
    return false;
  }
}
