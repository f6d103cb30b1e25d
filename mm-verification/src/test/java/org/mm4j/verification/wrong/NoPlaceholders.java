/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.spi.CollapseSession;

/**
 * The second version of the patch with its range corrected: asks every VMA, with all locks held,
 * and takes no hole, so that readers without a lock see one between the question and the store.
 */
@Breaks({"0.1", "4.14"})
final class NoPlaceholders extends PlainStrategy {
  @Override
  long storePlaceholders(CollapseSession session) {
    return countHoles(session);
  }
}
