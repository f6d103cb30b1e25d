/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import org.mm4j.MapFlag;
import org.mm4j.Pages;
import org.mm4j.RemapFlag;
import org.mm4j.conformance.scenario.Bits;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Step;

/** Where the kernel may choose an address, which two kernels do differently. */
final class Placement {
  private Placement() {}

  /** Returns whether a successful {@code mmap} or {@code mremap} ended where nobody asked for. */
  static boolean isOfTheKernel(Step step, long address) {
    if (step.call() == CallKind.MAP) {
      var flags = Bits.MAP.set(step.argument(3));
      return !flags.contains(MapFlag.FIXED) && !flags.contains(MapFlag.FIXED_NOREPLACE);
    }
    return address != step.argument(0)
        && !Bits.REMAP.set(step.argument(3)).contains(RemapFlag.FIXED);
  }

  /** Returns the length of the mapping that was made, in whole pages. */
  static long lengthOf(Step step) {
    return Pages.alignUp(step.argument(step.call() == CallKind.MAP ? 1 : 2));
  }
}
