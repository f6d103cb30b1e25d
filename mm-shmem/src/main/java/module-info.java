/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Memory files (memfd, tmpfs) for the simulated kernel. Put it on the path beside {@code
 * org.mm4j.core}; {@link org.mm4j.MemorySystem#createMemoryFile} finds it.
 */
module org.mm4j.shmem {
  requires transitive org.mm4j.api;
  requires org.mm4j.core;
  requires static org.jspecify;

  exports org.mm4j.shmem;

  provides org.mm4j.spi.KernelFeature with
      org.mm4j.shmem.ShmemFeature;
}
