/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.Extension;

/**
 * A part of the kernel that core knows nothing of: memory files, userfaultfd, khugepaged. Found by
 * {@link java.util.ServiceLoader}; one given to the builder replaces the one of the same name.
 */
public interface KernelFeature extends Extension {
  /** Returns its name, for messages. */
  String name();

  /** Registers what it has with a new kernel. */
  void install(Kernel kernel);
}
