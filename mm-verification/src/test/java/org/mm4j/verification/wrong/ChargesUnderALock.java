/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import org.mm4j.spi.CollapseSession;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;

/**
 * Charges under the page-cache lock, and charging takes a lock of its own, as the quota's of tmpfs
 * did before Linux 6.6.
 */
@Breaks("4.23")
final class ChargesUnderALock extends PlainStrategy {
  private final Mutex quota = new Mutex(LockRank.INODE, "quota");

  @Override
  boolean chargeHoles(CollapseSession session, long holes) {
    session.cursor().lock();
    try {
      quota.lock();
      try {
        return super.chargeHoles(session, holes);
      } finally {
        quota.unlock();
      }
    } finally {
      session.cursor().unlock();
    }
  }
}
