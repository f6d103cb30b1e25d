/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.file.FileTable;
import org.mm4j.examples.emulator.file.StreamInput;
import org.mm4j.examples.emulator.file.StreamOutput;

/**
 * What a guest starts with open.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param progress what is written to descriptor {@value #PROGRESS_FD}
 */
public record GuestFiles(
    InputStream in, OutputStream out, OutputStream err, @Nullable OutputStream progress) {
  /** The descriptor for progress lines. */
  public static final int PROGRESS_FD = 3;

  /** Files without a reader of progress. */
  public GuestFiles(InputStream in, OutputStream out, OutputStream err) {
    this(in, out, err, null);
  }

  void openIn(FileTable table) {
    table.add(new StreamInput(in), false);
    table.add(new StreamOutput(out), false);
    table.add(new StreamOutput(err), false);
    if (progress != null) {
      table.put(PROGRESS_FD, new StreamOutput(progress), false);
    }
  }
}
