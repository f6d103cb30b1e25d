/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mm4j.examples.emulator.machine.RunResult;

/**
 * What the migration guest has found out, read from its output.
 *
 * @param strategy the strategy it ran with
 * @param verdict the text after {@code VERDICT:}, or a sentence that there is none
 * @param ranges its ranges; it shows sixteen at most
 * @param pagesWrong pages with wrong contents
 * @param eventsLost pages that were missing, watched, and read without a message
 * @param pagesAppeared pages that were there without having been sent
 * @param run the run
 */
public record MigrationOutcome(
    String strategy,
    String verdict,
    List<Range> ranges,
    long pagesWrong,
    long eventsLost,
    long pagesAppeared,
    RunResult run) {
  private static final Pattern RANGE =
      Pattern.compile(
          "\\s*(\\d+)  from page (\\d+)\\s+(\\S+(?: \\d+)?)\\s+(\\S+(?: yet| \\d+)?)"
              + "\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)");
  private static final Pattern APPEARED = Pattern.compile("appeared: (\\d+) pages");
  private static final Pattern LOST = Pattern.compile("lost events: (\\d+) pages");
  private static final Pattern WRONG = Pattern.compile("wrong: (\\d+) pages");
  private static final String VERDICT = "VERDICT: ";

  /**
   * A range of 2 MiB.
   *
   * @param number which
   * @param watchedFrom the first page userfaultfd watches
   * @param firstCollapse what MADV_COLLAPSE answered when the first pages were there
   * @param lastCollapse what it answered when all were there
   * @param appeared pages that appeared
   * @param lost events that were lost
   * @param wrong pages with wrong contents
   */
  public record Range(
      int number,
      int watchedFrom,
      String firstCollapse,
      String lastCollapse,
      long appeared,
      long lost,
      long wrong) {
    /** Returns whether nothing went wrong in it. */
    public boolean isIntact() {
      return appeared == 0 && lost == 0 && wrong == 0;
    }
  }

  /** Copies the list. */
  public MigrationOutcome {
    ranges = List.copyOf(ranges);
  }

  /** Reads the guest's output. */
  public static MigrationOutcome read(String strategy, String output, RunResult run) {
    List<Range> ranges = new ArrayList<>();
    String verdict = "none: the guest ended early (" + run.status() + ")";
    for (String line : output.lines().toList()) {
      Matcher range = RANGE.matcher(line);
      if (range.matches()) {
        ranges.add(
            new Range(
                Integer.parseInt(range.group(1)),
                Integer.parseInt(range.group(2)),
                range.group(3),
                range.group(4),
                Long.parseLong(range.group(5)),
                Long.parseLong(range.group(6)),
                Long.parseLong(range.group(7))));
      } else if (line.startsWith(VERDICT)) {
        verdict = line.substring(VERDICT.length());
      }
    }
    return new MigrationOutcome(
        strategy,
        verdict,
        ranges,
        number(WRONG, output),
        number(LOST, output),
        number(APPEARED, output),
        run);
  }

  private static long number(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** Returns whether the guest says that every page was right. */
  public boolean isIntact() {
    return run.status().shellStatus() == 0;
  }

  /** Returns whether the guest says that something broke. */
  public boolean isBroken() {
    return run.status().signal() == 0 && run.status().code() == 1;
  }

  /** Returns the first word of the verdict. */
  public String verdictWord() {
    int end = verdict.indexOf(':');
    return end < 0 ? verdict : verdict.substring(0, end);
  }
}
