/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.record;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.zip.GZIPOutputStream;
import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.Observation;
import org.mm4j.conformance.scenario.Step;
import org.mm4j.conformance.side.Question;
import org.mm4j.conformance.side.Side;
import org.mm4j.conformance.side.SideRun;

/**
 * Writes down what another side answers, as compressed text:
 *
 * <pre>
 * # Linux 6.18.44, seed 1           what this is
 * scenario
 * &gt; s0.t0 truncate(f0, 0x1000)      a step
 * = ok                              its answer
 * ! f0 size=0x1000                  a value that is new or has changed
 * ~ f0 data,f0 blocks               what is as it was
 * </pre>
 */
public final class RecordingSide implements Side {
  private final Side side;
  private final Writer out;

  /**
   * Creates a recording.
   *
   * @param side whose answers are recorded; closed with this
   * @param file where they are written
   * @param title one line that says what this is
   */
  public RecordingSide(Side side, Path file, String title) throws IOException {
    this.side = side;
    this.out =
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8);
    write("# " + title);
  }

  private void write(String line) {
    try {
      out.write(line);
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return side.name();
  }

  @Override
  public SideRun begin() {
    write("scenario");
    return new Run(side.begin());
  }

  @Override
  public void close() {
    try (side) {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Run implements SideRun {
    private final SideRun run;
    private final Map<String, String> known = new HashMap<>();

    Run(SideRun run) {
      this.run = run;
    }

    @Override
    public Answer make(Step step) {
      Answer answer = run.make(step);
      write("> " + step);
      write("= " + answer);
      return answer;
    }

    @Override
    public Observation observe(Question question) {
      Observation seen = run.observe(question);
      StringJoiner same = new StringJoiner(",", "~ ", "");
      seen.values()
          .forEach(
              (name, value) -> {
                if (value.equals(known.put(name, value))) {
                  same.add(name);
                } else {
                  write("! " + name + "=" + value);
                }
              });
      write(same.toString());
      return seen;
    }

    @Override
    public void close() {
      run.close();
    }
  }
}
