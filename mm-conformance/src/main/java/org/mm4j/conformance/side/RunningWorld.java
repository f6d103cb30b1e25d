/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.mm4j.conformance.executor.ExecutorProcess;

/**
 * The address spaces of a scenario on the running kernel, and which of them has which descriptor.
 *
 * <p>Files and userfaultfds belong to the scenario, not to a process: a process that needs one it
 * does not have fetches it from another ({@code pidfd_getfd}), and closing closes it everywhere.
 */
final class RunningWorld {
  private final SortedMap<Integer, RunningSpace> spaces = new TreeMap<>();
  private final HostDescriptors seen;

  RunningWorld(ExecutorProcess first, HostCall host) {
    spaces.put(0, new RunningSpace(first, Map.of()));
    seen = new HostDescriptors(host);
  }

  HostCall host() {
    return seen.host();
  }

  /** Returns the JVM's own descriptor of a thing, to look at it. */
  long seen(String name) {
    RunningSpace first = space(0);
    return seen.of(name, first.process().pid(), descriptor(first, name));
  }

  RunningSpace space(int number) {
    RunningSpace space = spaces.get(number);
    if (space == null) {
      throw new IllegalStateException("no such address space: s" + number);
    }
    return space;
  }

  SortedMap<Integer, RunningSpace> spaces() {
    return spaces;
  }

  void forked(int number, RunningSpace parent, ExecutorProcess process) {
    spaces.put(number, new RunningSpace(process, parent.descriptors()));
  }

  /** Ends an address space and everything in it; what it alone had lives on. */
  void exit(int number) {
    RunningSpace space = space(number);
    for (String name : space.descriptors().keySet()) {
      if (!name.startsWith("p")) {
        descriptor(spaces.get(0), name);
      }
    }
    spaces.remove(number);
    space.process().kill();
  }

  /** Takes note of a descriptor; the first space, which never exits, gets one, too. */
  void opened(RunningSpace space, String name, long descriptor) {
    space.descriptors().put(name, descriptor);
    descriptor(spaces.get(0), name);
  }

  /** Returns the descriptor of a thing in a space, and fetches it if it has none. */
  long descriptor(@Nullable RunningSpace space, String name) {
    if (space == null) {
      throw new IllegalStateException("no such address space");
    }
    Long known = space.descriptors().get(name);
    if (known != null) {
      return known;
    }
    for (RunningSpace holder : spaces.values()) {
      Long theirs = holder.descriptors().get(name);
      if (theirs != null) {
        long pid = space.must(SystemCall.PIDFD_OPEN, holder.process().pid(), 0);
        long mine = space.must(SystemCall.PIDFD_GETFD, pid, theirs, 0);
        space.must(SystemCall.CLOSE, pid);
        space.descriptors().put(name, mine);
        return mine;
      }
    }
    throw new IllegalStateException("nobody has " + name);
  }

  /** Closes a thing in every space but one, which closes it last. */
  void closeElsewhere(RunningSpace last, String name) {
    seen.close(name);
    for (RunningSpace space : spaces.values()) {
      Long descriptor = space == last ? null : space.descriptors().remove(name);
      if (descriptor != null) {
        space.must(SystemCall.CLOSE, descriptor);
      }
    }
  }

  /** Ends everything. */
  void end() {
    seen.close();
    spaces.values().forEach(space -> space.process().kill());
  }
}
