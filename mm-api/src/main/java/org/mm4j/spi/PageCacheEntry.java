/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/**
 * What a slot of a page cache holds; {@code null} is the empty slot, a hole.
 *
 * <pre>{@code
 * empty ----store----> Folio ----swap out----> SwapEntry
 *   ^                    |                        |
 *   +------erase---------+                        |
 *   +---storePlaceholder---> Placeholder --storeWhole / rollback
 * }</pre>
 */
public sealed interface PageCacheEntry permits Folio, SwapEntry, Placeholder {}
