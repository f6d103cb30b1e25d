/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.conformance;

import org.mm4j.Pages;

/**
 * Calls that are left out after what was called before, because {@code docs/LINUX-COMPATIBILITY.md}
 * says that the simulation differs there.
 *
 * <p>Row "a huge page beyond the end of the file that is cut": as long as there may be such a huge
 * page, nothing cuts it. So that this is rare, most collapses beyond the end are left out, too.
 */
final class KnownDifferences {
  private boolean hugeBeyondTheEnd;

  /**
   * Returns whether a call is left out, else takes note of it.
   *
   * @param sizeBytes the size of the file before the call
   */
  boolean leaveOut(RandomCall call, long sizeBytes) {
    if (Pages.alignUp(sizeBytes) >= RandomCall.BYTES) {
      hugeBeyondTheEnd = false;
    }
    return switch (call.kind()) {
      case PUNCH, REMOVE, TRUNCATE -> hugeBeyondTheEnd;
      case COLLAPSE -> {
        boolean beyond = call.offsetBytes() + call.lengthBytes() > Pages.alignUp(sizeBytes);
        boolean left = beyond && call.value() != 0;
        hugeBeyondTheEnd |= beyond && !left;
        yield left;
      }
      default -> false;
    };
  }
}
