/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

/**
 * A page that is in swap: a value in place of a folio.
 *
 * @param slot where in swap
 * @param order the binary logarithm of the pages it stands for
 */
public record SwapEntry(long slot, int order) implements PageCacheEntry {}
