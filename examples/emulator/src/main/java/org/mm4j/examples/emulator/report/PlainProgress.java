/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** One line a second, for pipes and files. */
record PlainProgress(PrintStream out) implements ProgressDisplay {
  @Override
  public long periodMillis() {
    return 1000;
  }

  @Override
  public void show(List<String> lines) {
    out.println(lines.stream().map(String::strip).collect(Collectors.joining("  ")));
    out.flush();
  }

  @Override
  public void close() {}
}
