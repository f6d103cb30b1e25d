/* SPDX-License-Identifier: Apache-2.0 */

/**
 * userfaultfd for the simulated kernel: contexts, registration, filling, messages. It is found by
 * the kernel through {@link org.mm4j.spi.KernelFeature}; there is nothing to call here, the calls
 * are in {@link org.mm4j.Userfaultfd}.
 */
module org.mm4j.userfaultfd {
  requires org.mm4j.api;
  requires static org.jspecify;

  provides org.mm4j.spi.KernelFeature with
      org.mm4j.userfaultfd.UserfaultfdFeature;
}
