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
import org.jline.utils.Curses;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.mm4j.examples.emulator.report.ProgressDisplay;

/**
 * Progress on a real terminal: redrawn in place, cut to its width, which may change meanwhile.
 *
 * <p>An interrupt from the keyboard ends the virtual machine while lines are shown. The terminal
 * has written {@code ^C} below them by then: that is taken away, and nothing is drawn any more.
 */
final class TerminalProgress implements ProgressDisplay {
  private final Terminal terminal;
  private final Display display;
  private final Thread atInterrupt = new Thread(this::leave, "progress ends");
  private final String clearToEndOfLine;
  private boolean over;

  private TerminalProgress(Terminal terminal) {
    this.terminal = terminal;
    this.display = new Display(terminal, false);
    String clear = terminal.getStringCapability(Capability.clr_eol);
    this.clearToEndOfLine = clear == null ? "" : Curses.tputs(clear);
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
    TerminalProgress progress = new TerminalProgress(terminal);
    Runtime.getRuntime().addShutdownHook(progress.atInterrupt);
    return Optional.of(progress);
  }

  @Override
  public long periodMillis() {
    return 100;
  }

  @Override
  public synchronized void show(List<String> lines) {
    if (over) {
      return;
    }
    try {
      draw(lines);
    } catch (IllegalStateException interrupted) {
      over = true; // JLine closed its terminal, because the virtual machine ends
    }
  }

  private void draw(List<String> lines) {
    Size size = Size.of(terminal);
    if (size.getColumns() < 2 || size.getRows() < 2) {
      return;
    }
    terminal.puts(Capability.carriage_return); // whatever was echoed moved the cursor
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

  /** JLine may have closed its terminal by then, but the stream is there. */
  private synchronized void leave() {
    over = true;
    System.err.print("\r" + clearToEndOfLine);
    System.err.flush();
  }

  @Override
  public synchronized void close() {
    over = true;
    try {
      Runtime.getRuntime().removeShutdownHook(atInterrupt);
    } catch (IllegalStateException interrupted) {
      return; // the virtual machine ends, and JLine restores the terminal
    }
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
