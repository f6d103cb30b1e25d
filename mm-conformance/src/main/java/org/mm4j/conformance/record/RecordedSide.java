/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.record;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.Observation;
import org.mm4j.conformance.scenario.Scenario;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.side.Question;
import org.mm4j.conformance.side.Side;
import org.mm4j.conformance.side.SideRun;

/** Answers as a {@link RecordingSide} wrote down; scenario by scenario, in its order. */
public final class RecordedSide implements Side {
  private final String title;
  private final Deque<List<String>> scenarios = new ArrayDeque<>();

  /**
   * Reads a recording.
   *
   * @throws IOException if it is not one
   */
  public RecordedSide(InputStream compressed) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(compressed), StandardCharsets.UTF_8))) {
      String first = in.readLine();
      if (first == null || !first.startsWith("# ")) {
        throw new IOException("not a recording");
      }
      title = first.substring(2);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals("scenario")) {
          scenarios.add(new ArrayList<>());
        } else {
          scenarios.getLast().add(line);
        }
      }
    }
  }

  /** Returns what was recorded. */
  public String title() {
    return title;
  }

  /** Returns whether there is another scenario. */
  public boolean hasNext() {
    return !scenarios.isEmpty();
  }

  /** Returns the steps of the next scenario. */
  public Scenario next() {
    return new Scenario(
        scenarios.getFirst().stream()
            .filter(line -> line.startsWith("> "))
            .map(line -> Step.parse(line.substring(2)))
            .toList());
  }

  @Override
  public String name() {
    return "recorded";
  }

  @Override
  public SideRun begin() {
    return new Run(new ArrayDeque<>(scenarios.removeFirst()));
  }

  private static final class Run implements SideRun {
    private final Deque<String> lines;
    private final Map<String, String> known = new HashMap<>();

    Run(Deque<String> lines) {
      this.lines = lines;
    }

    private String take(String mark) {
      String line = lines.isEmpty() ? "the end" : lines.removeFirst();
      if (!line.startsWith(mark)) {
        throw new IllegalStateException(
            "the recording has " + line + " where " + mark + "... is needed: record it again");
      }
      return line.substring(mark.length());
    }

    @Override
    public Answer make(Step step) {
      take("> " + step);
      return Answer.parse(take("= "));
    }

    @Override
    public Observation observe(Question question) {
      Map<String, String> values = new TreeMap<>();
      while (lines.getFirst().startsWith("! ")) {
        String change = take("! ");
        int equals = change.indexOf('=');
        known.put(change.substring(0, equals), change.substring(equals + 1));
        values.put(change.substring(0, equals), change.substring(equals + 1));
      }
      for (String name : take("~ ").split(",", -1)) {
        String value = known.get(name);
        if (value != null) {
          values.put(name, value);
        }
      }
      return Observation.of(values);
    }

    @Override
    public void close() {
      lines.clear();
    }
  }
}
