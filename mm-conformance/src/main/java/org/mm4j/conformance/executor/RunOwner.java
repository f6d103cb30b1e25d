/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names for what a run leaves in the kernel if it is killed: they say whose it is, so that the next
 * run can tell what belongs to nobody any more. A process is its number and the time it began at;
 * numbers are used again.
 */
final class RunOwner {
  private static final Pattern NAME = Pattern.compile(".*mm4j-(\\d+)-(\\d+)-\\d+");
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Field 22 of {@code /proc/<pid>/stat}, counted from the state behind the name, which is 3. */
  private static final int START_TIME = 22 - 3;

  private RunOwner() {}

  /** Returns a new name that is this process's. */
  static String newName() throws IOException {
    long pid = ProcessHandle.current().pid();
    return "mm4j-" + pid + "-" + startTime(pid) + "-" + COUNT.incrementAndGet();
  }

  /** Returns whether a name is one of ours and its process is no more. */
  static boolean isOrphan(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return false;
    }
    try {
      return !startTime(Long.parseLong(parts.group(1))).equals(parts.group(2));
    } catch (IOException e) {
      return true;
    }
  }

  private static String startTime(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[START_TIME];
  }
}
