/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.mm4j.examples.emulator.report.ProgressDisplay;

/** Progress on a real terminal: redrawn in place, cut to its width, which may change meanwhile. */
final class TerminalProgress implements ProgressDisplay {
  private final Terminal terminal;
  private final Display display;

  private TerminalProgress(Terminal terminal) {
    this.terminal = terminal;
    this.display = new Display(terminal, false);
  }

  /**
   * Opens the terminal behind standard error; nothing if that is none, or one that cannot redraw.
   */
  static Optional<ProgressDisplay> open() {
    Terminal terminal;
    try {
      terminal =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysErr)
              .jni(false)
              .dumb(true)
              .build();
    } catch (IOException | IllegalStateException none) {
      return Optional.empty();
    }
    if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
      close(terminal);
      return Optional.empty();
    }
    return Optional.of(new TerminalProgress(terminal));
  }

  @Override
  public long periodMillis() {
    return 100;
  }

  @Override
  public void show(List<String> lines) {
    Size size = Size.of(terminal);
    if (size.getColumns() < 2 || size.getRows() < 2) {
      return;
    }
    display.resize(size);
    // The last column stays free: writing there may wrap.
    List<AttributedString> shown = new ArrayList<>();
    for (String line : lines.subList(0, Math.min(lines.size(), size.getRows() - 1))) {
      shown.add(fitting(line, size.getColumns() - 1));
    }
    shown.add(AttributedString.EMPTY); // the cursor rests below, where an interrupt leaves it
    display.update(shown, size.cursorPos(shown.size() - 1, 0));
  }

  private static AttributedString fitting(String line, int columns) {
    return new AttributedString(line).columnSubSequence(0, columns);
  }

  @Override
  public void close() {
    close(terminal);
  }

  private static void close(Terminal terminal) {
    try {
      terminal.close();
    } catch (IOException alreadyGone) {
      // There is nothing left to restore.
    }
  }
}
