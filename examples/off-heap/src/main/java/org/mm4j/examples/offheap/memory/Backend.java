/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.memory;

import org.mm4j.MemorySystem;

/** Where a store's memory comes from: the running kernel, or a simulated one. Thread-safe. */
public sealed interface Backend extends AutoCloseable permits RunningKernel, SimulatedKernel {
  /** Returns what it is, for people. */
  String name();

  /** Returns whether times measured on it say anything about a machine. */
  boolean isReal();

  /**
   * Maps memory that can be huge, advises it so, and only then lets anybody touch it: a kernel that
   * makes huge pages at the first touch needs to be told before.
   *
   * @param name a name for people
   * @param sizeBytes rounded up to whole blocks
   * @param populate whether every page is touched before this returns
   * @return closed by the caller
   * @throws org.mm4j.MemoryException ENOMEM if there is no room for it
   */
  HugeMemory map(String name, long sizeBytes, boolean populate);

  /** Returns the system behind it, for its figures. */
  MemorySystem system();

  /** Gives everything back. */
  @Override
  void close();
}
