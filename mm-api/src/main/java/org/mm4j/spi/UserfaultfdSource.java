/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import java.util.Set;
import org.mm4j.UffdFlag;
import org.mm4j.Userfaultfd;

/** What mm-userfaultfd gives to a kernel. */
@FunctionalInterface
public interface UserfaultfdSource {
  /** Creates a userfaultfd for an address space. */
  Userfaultfd open(MemoryDescriptor mm, Set<UffdFlag> flags);
}
