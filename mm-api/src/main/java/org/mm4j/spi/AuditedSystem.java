/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.MemorySystem;

/** A memory system whose books can be looked at. */
public interface AuditedSystem extends MemorySystem {
  /**
   * Takes an immutable snapshot of the books. Consistent only while nothing runs.
   *
   * @throws IllegalStateException if it is closed
   */
  MemoryAudit audit();
}
