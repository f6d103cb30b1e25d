/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.mm4j.conformance.compare.Tally;

/**
 * How far a campaign got, in a file, so that the next one goes on there.
 *
 * @param nextSeed the seed to go on with
 * @param seconds how long it has taken so far
 * @param differences how many were found
 * @param tally what was counted
 */
public record SavedState(long nextSeed, double seconds, int differences, Tally tally) {
  private static final String TITLE = "mm4j conformance";

  /** Writes it; a reader sees the old file or the new one. */
  public void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(TITLE);
    lines.add(Long.toString(nextSeed));
    lines.add(Double.toString(seconds));
    lines.add(Integer.toString(differences));
    lines.addAll(tally.lines());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, lines);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Reads what was written.
   *
   * @throws IOException if it is something else
   */
  public static SavedState read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    try {
      if (!lines.getFirst().equals(TITLE)) {
        throw new IOException(file + " is not the state of a comparison");
      }
      Tally tally = new Tally();
      tally.read(lines.subList(4, lines.size()));
      return new SavedState(
          Long.parseLong(lines.get(1)),
          Double.parseDouble(lines.get(2)),
          Integer.parseInt(lines.get(3)),
          tally);
    } catch (RuntimeException e) {
      throw new IOException(file + " is not the state of a comparison", e);
    }
  }
}
