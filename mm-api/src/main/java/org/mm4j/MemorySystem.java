/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.util.Iterator;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * A kernel's memory management: address spaces, memory files, huge pages. Thread-safe.
 *
 * <pre>{@code
 * try (MemorySystem memory = MemorySystem.simulated().physicalBytes(256L << 20).build();
 *     MemoryFile file = memory.createMemoryFile("guest", Set.of());
 *     AddressSpace space = memory.newAddressSpace()) {
 *   file.truncate(4 << 20);
 *   long address = space.map(MapRequest.shared(file, 0, 4 << 20));
 *   space.write(address, MemorySegment.ofArray(new byte[] {1, 2, 3}));
 *   space.advise(new AddressRange(address, 4 << 20), Advice.COLLAPSE);
 * }
 * }</pre>
 */
public interface MemorySystem extends AutoCloseable {
  /**
   * Returns a builder of a simulated kernel: pure Java, any operating system.
   *
   * @throws IllegalStateException if no implementation is on the path, or more than one
   */
  static SimulatedBuilder simulated() {
    Iterator<MemorySystemProvider> providers =
        ServiceLoader.load(MemorySystemProvider.class).iterator();
    if (!providers.hasNext()) {
      providers =
          ServiceLoader.load(
                  MemorySystemProvider.class, MemorySystemProvider.class.getClassLoader())
              .iterator();
    }
    if (!providers.hasNext()) {
      throw new IllegalStateException(
          "no simulated kernel on the path: add org.mm4j:mm-core (and mm-shmem for memory files)");
    }
    MemorySystemProvider provider = providers.next();
    if (providers.hasNext()) {
      throw new IllegalStateException(
          "two simulated kernels on the path: "
              + provider.getClass().getName()
              + " and "
              + providers.next().getClass().getName());
    }
    return provider.newBuilder();
  }

  /**
   * Opens the running kernel: the same calls, made by this process.
   *
   * @throws IllegalStateException if no implementation is on the path, or more than one, or if this
   *     machine does not have what it needs; the message names the reason and the remedy
   */
  static MemorySystem linux() {
    Iterator<NativeMemoryProvider> providers =
        ServiceLoader.load(NativeMemoryProvider.class).iterator();
    if (!providers.hasNext()) {
      providers =
          ServiceLoader.load(
                  NativeMemoryProvider.class, NativeMemoryProvider.class.getClassLoader())
              .iterator();
    }
    if (!providers.hasNext()) {
      throw new IllegalStateException(
          "nothing on the path knows the running kernel: add org.mm4j:mm-linux");
    }
    NativeMemoryProvider provider = providers.next();
    if (providers.hasNext()) {
      throw new IllegalStateException(
          "two ways to the running kernel on the path: "
              + provider.getClass().getName()
              + " and "
              + providers.next().getClass().getName());
    }
    return provider.open();
  }

  /** Returns what this system can do. */
  Capabilities capabilities();

  /** Creates an empty address space. */
  AddressSpace newAddressSpace();

  /**
   * Creates an empty memory file ({@code memfd_create}).
   *
   * @param name a name for people, at most 249 bytes
   * @throws MemoryException EINVAL for a name that is too long; ENOSYS if no module for memory
   *     files is on the path
   */
  MemoryFile createMemoryFile(String name, Set<MemoryFileFlag> flags);

  /**
   * Returns the huge pages of this system.
   *
   * @throws MemoryException ENOSYS if no khugepaged module is on the path
   */
  HugePages hugePages();

  /** Returns the figures now. */
  MemoryStatistics statistics();

  /**
   * Stops the daemon, closes every address space and gives the physical memory back. Closing twice
   * does nothing.
   */
  @Override
  void close();
}
