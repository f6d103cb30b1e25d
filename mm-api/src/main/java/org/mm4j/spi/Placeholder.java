/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/**
 * A hole that a collapse has taken (Linux: {@code XA_RETRY_ENTRY}): a lock-free reader waits until
 * it is gone, so it can see neither the hole nor, too early, the page. It exists only while the
 * page-cache lock is held.
 */
public enum Placeholder implements PageCacheEntry {
  /** The one there is. */
  INSTANCE
}
