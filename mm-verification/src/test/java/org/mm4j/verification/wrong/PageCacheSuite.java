/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.verification.wrong;

import java.util.function.Supplier;
import org.mm4j.spi.PageCache;
import org.mm4j.testkit.verify.PageCacheVerification;

/** The suite, with whatever page cache it is told to verify. Run by {@link KitReport} only. */
final class PageCacheSuite extends PageCacheVerification {
  private static volatile Supplier<PageCache> caches = CursorRemembersItsNode::new;

  static void verify(Supplier<PageCache> wanted) {
    caches = wanted;
  }

  @Override
  protected PageCache createPageCache() {
    return caches.get();
  }
}
