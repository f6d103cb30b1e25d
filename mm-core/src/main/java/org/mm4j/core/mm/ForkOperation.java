/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.mm4j.core.vma.MappedVma;
import org.mm4j.spi.VmaFlag;

/**
 * {@code fork}: the child maps what the parent maps.
 *
 * <p>Shared file mappings need no page tables in the child: it faults them in from the file. The
 * child is not watched by the parent's userfaultfd, as Linux has it without EVENT_FORK. The
 * parent's mmap lock is held for writing; the child's is not taken, because nobody else has the
 * child yet.
 */
final class ForkOperation {
  private ForkOperation() {}

  static ProcessMemory run(ProcessMemory parent) {
    ProcessMemory child = parent.kernel().newSpace();
    boolean candidate = false;
    boolean done = false;
    try {
      parent.lockOpen();
      try {
        for (MappedVma vma : parent.layout().tree().all()) {
          MappedVma copy =
              new MappedVma(
                  child,
                  vma.range(),
                  vma.mapping(),
                  vma.pageOffset(),
                  vma.flags() & ~VmaFlag.UFFD_BITS,
                  null);
          child.layout().insert(copy);
          candidate |= CollapseEntry.isCandidate(child, copy);
        }
      } finally {
        parent.mmapLock().unlock();
      }
      CollapseEntry.enterIf(candidate, child);
      done = true;
    } finally {
      if (!done) {
        child.close();
      }
    }
    return child;
  }
}
