/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The pages of a file, kept in an {@link org.mm4j.core.xarray.XArray}: folios, swapped pages, and
 * the placeholders of a collapse.
 *
 * <p>References: the cache holds one reference per page of each folio in it. The convenience
 * operations of {@link org.mm4j.core.cache.XArrayPageCache} take and drop them and keep the number
 * of present pages; the cursor's stores do neither, because a collapse strategy settles both for
 * itself.
 *
 * <table>
 *   <caption>Locking</caption>
 *   <tr><th>no lock<td>{@code lookup}, {@code scan}, {@code presentPages}
 *   <tr><th>takes the page-cache lock<td>{@code add}, {@code remove}, {@code swapIn}, {@code
 *       swapOut}, {@code eraseSwap}, {@code replaceLarge}, {@code trim}, {@code auditSlots}, {@code
 *       metadataBytes}
 *   <tr><th>expects it<td>the cursor
 * </table>
 *
 * <p>Lock order: folio lock, then page-cache lock, then nothing. References are dropped after the
 * page-cache lock was released, because the last one frees frames.
 *
 * <p>Start at {@link org.mm4j.core.cache.XArrayPageCache}.
 */
@NullMarked
package org.mm4j.core.cache;

import org.jspecify.annotations.NullMarked;
