/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressSpace;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Pin;
import org.mm4j.Userfaultfd;

/**
 * The things of a scenario on a simulated kernel, by number. Written by one call at a time; the
 * driving thread and the lanes hand over through their queues.
 */
final class SimulatedWorld implements AutoCloseable {
  private final MemorySystem memory;
  private final Map<Integer, AddressSpace> spaces = new HashMap<>();
  private final Map<Integer, MemoryFile> files = new HashMap<>();
  private final Map<Integer, Userfaultfd> uffds = new HashMap<>();
  private final Map<Integer, HeldPages> pins = new HashMap<>();

  private record HeldPages(int space, Pin pin) {}

  SimulatedWorld(MemorySystem memory) {
    this.memory = memory;
    spaces.put(0, memory.newAddressSpace());
  }

  MemorySystem memory() {
    return memory;
  }

  synchronized AddressSpace space(int number) {
    return there(spaces.get(number), "s", number);
  }

  synchronized void add(int number, AddressSpace space) {
    spaces.put(number, space);
  }

  synchronized AddressSpace removeSpace(int number) {
    return there(spaces.remove(number), "s", number);
  }

  synchronized MemoryFile file(int number) {
    return there(files.get(number), "f", number);
  }

  synchronized void add(int number, MemoryFile file) {
    files.put(number, file);
  }

  synchronized MemoryFile removeFile(int number) {
    return there(files.remove(number), "f", number);
  }

  synchronized Userfaultfd uffd(int number) {
    return there(uffds.get(number), "u", number);
  }

  synchronized void add(int number, Userfaultfd uffd) {
    uffds.put(number, uffd);
  }

  synchronized Userfaultfd removeUffd(int number) {
    return there(uffds.remove(number), "u", number);
  }

  synchronized void add(int number, int space, Pin pin) {
    pins.put(number, new HeldPages(space, pin));
  }

  synchronized Pin removePin(int number) {
    return there(pins.remove(number), "p", number).pin();
  }

  /** Lets go what a space holds: its end closes its pipes. */
  synchronized void forgetPins(int space) {
    pins.values()
        .removeIf(
            held -> {
              if (held.space() == space) {
                held.pin().close();
              }
              return held.space() == space;
            });
  }

  private static <T> T there(@Nullable T thing, String kind, int number) {
    if (thing == null) {
      throw new IllegalStateException("no such thing: " + kind + number);
    }
    return thing;
  }

  /** Ends the address spaces, so that no thread waits any more. */
  synchronized void closeSpaces() {
    pins.values().forEach(held -> held.pin().close());
    pins.clear();
    spaces.values().forEach(AddressSpace::close);
    spaces.clear();
  }

  @Override
  public synchronized void close() {
    uffds.values().forEach(Userfaultfd::close);
    files.values().forEach(MemoryFile::close);
    memory.close();
  }
}
