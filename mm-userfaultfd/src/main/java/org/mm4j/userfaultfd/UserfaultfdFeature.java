/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelFeature;

/** Gives a kernel its userfaultfds. */
public final class UserfaultfdFeature implements KernelFeature {
  /** For the service loader. */
  public UserfaultfdFeature() {}

  @Override
  public String name() {
    return "userfaultfd";
  }

  @Override
  public void install(Kernel kernel) {
    kernel.provideUserfaultfd(UserfaultContext::new);
  }
}
