/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code /proc} says about a thread. */
final class ThreadProbe {
  private static final String UNKNOWN = "unknown";
  private static final char SLEEPING = 'S';
  private static final char UNINTERRUPTIBLE = 'D';

  private final Path folder;

  ThreadProbe(long processId, int threadId) {
    this.folder = Path.of("/proc/" + processId + "/task/" + threadId);
  }

  /**
   * A thread that is not on a processor and not about to be.
   *
   * @param waitChannel the kernel's function it sleeps in
   * @param systemCall the system call it is in, or −1
   * @param isInterruptible whether a signal would end the sleep
   * @param switches how often it has gone to sleep so far
   */
  record Asleep(String waitChannel, long systemCall, boolean isInterruptible, String switches) {}

  /** Returns how the thread sleeps, or nothing if it runs or is gone. */
  Optional<Asleep> asleep() {
    try {
      String channel = text("wchan"); // first: that it still sleeps is asked afterwards
      char state = state(text("stat"));
      if (state != SLEEPING && state != UNINTERRUPTIBLE) {
        return Optional.empty();
      }
      boolean isKnown = !channel.isEmpty() && !channel.equals("0");
      return Optional.of(
          new Asleep(
              isKnown ? channel : UNKNOWN,
              systemCall(text("syscall")),
              state == SLEEPING,
              switches()));
    } catch (IOException e) {
      return Optional.empty(); // the thread is gone
    }
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file)).strip();
  }

  /** The state is the word behind the name, which is in brackets and may contain anything. */
  private static char state(String stat) {
    int state = stat.lastIndexOf(')') + 2;
    return state < stat.length() ? stat.charAt(state) : 0;
  }

  private static long systemCall(String line) {
    int blank = line.indexOf(' ');
    return blank < 0 ? -1 : Long.parseLong(line.substring(0, blank)); // one word: running
  }

  private String switches() throws IOException {
    return Files.readAllLines(folder.resolve("status")).stream()
        .filter(line -> line.contains("voluntary_ctxt_switches"))
        .reduce("", String::concat);
  }
}
