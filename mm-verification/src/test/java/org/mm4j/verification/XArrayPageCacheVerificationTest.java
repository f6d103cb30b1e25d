/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification;

import org.mm4j.core.cache.XArrayPageCache;
import org.mm4j.spi.PageCache;
import org.mm4j.testkit.verify.PageCacheVerification;

/** The built-in page cache keeps the rules, with nodes of four slots. */
final class XArrayPageCacheVerificationTest extends PageCacheVerification {
  @Override
  protected PageCache createPageCache() {
    return new XArrayPageCache("verified", 2);
  }
}
