/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.HashMap;
import java.util.Map;

/** The JVM's own descriptors of a scenario's files and userfaultfds, fetched when first needed. */
final class HostDescriptors implements AutoCloseable {
  private final HostCall host;
  private final Map<String, Long> descriptors = new HashMap<>();

  HostDescriptors(HostCall host) {
    this.host = host;
  }

  HostCall host() {
    return host;
  }

  /** Returns the descriptor of a thing, fetched from a process that has it. */
  long of(String name, long pid, long theirs) {
    Long known = descriptors.get(name);
    if (known != null) {
      return known;
    }
    long process = host.must(SystemCall.PIDFD_OPEN, pid, 0);
    long mine = host.must(SystemCall.PIDFD_GETFD, process, theirs, 0);
    host.must(SystemCall.CLOSE, process);
    descriptors.put(name, mine);
    return mine;
  }

  /** Closes a thing, before the scenario does, so that its last descriptor is the scenario's. */
  void close(String name) {
    Long mine = descriptors.remove(name);
    if (mine != null) {
      host.must(SystemCall.CLOSE, mine);
    }
  }

  @Override
  public void close() {
    descriptors.values().forEach(descriptor -> host.must(SystemCall.CLOSE, descriptor));
    descriptors.clear();
  }
}
