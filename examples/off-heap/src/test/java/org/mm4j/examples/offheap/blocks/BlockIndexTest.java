/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.blocks;

import org.mm4j.spi.PageCache;
import org.mm4j.testkit.verify.PageCacheVerification;

/** The page cache keeps every rule, with huge pages of eight small ones. */
final class BlockIndexTest extends PageCacheVerification {
  @Override
  protected PageCache createPageCache() {
    return new BlockIndex(3);
  }
}
