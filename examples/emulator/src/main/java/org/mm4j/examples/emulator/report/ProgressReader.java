/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.report;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Takes what the guest writes about its progress; the latest whole line can be had. Thread-safe.
 */
public final class ProgressReader extends OutputStream {
  private static final int MAX_LINE_BYTES = 4096;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private volatile ProgressLine latest = ProgressLine.NONE;

  /** Creates a reader that has read nothing. */
  public ProgressReader() {}

  /** Returns the latest line. */
  public ProgressLine latest() {
    return latest;
  }

  @Override
  public synchronized void write(int character) {
    if (character == '\n') {
      ProgressLine read = ProgressLine.parse(line.toString(StandardCharsets.UTF_8));
      if (!read.values().isEmpty()) {
        latest = read;
      }
      line.reset();
    } else if (line.size() < MAX_LINE_BYTES) {
      line.write(character);
    }
  }
}
