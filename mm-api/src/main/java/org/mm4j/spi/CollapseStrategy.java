/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.spi;

import org.mm4j.Extension;
import org.mm4j.ScanResult;

/**
 * How a range of a file becomes one huge page: the whole of {@code collapse_file}, from allocating
 * the huge page to freeing the old ones, or back.
 *
 * <p>Found by {@link java.util.ServiceLoader}, or given to the builder. One instance serves all
 * collapses of a kernel: thread-safe, no state of its own between calls.
 *
 * <p>A strategy is trusted: it holds the locks it takes and must keep the rules of {@code
 * docs/SPEC.md}. What it acquired through the session is given back by {@link
 * CollapseSession#rollBack()} if it fails or throws.
 */
public interface CollapseStrategy extends Extension {
  /** Returns the name under which it is chosen: lower case, with hyphens. */
  String name();

  /**
   * Collapses the session's range, or changes nothing.
   *
   * @return {@link ScanResult#SUCCEED}, or why not, after {@link CollapseSession#rollBack()}; never
   *     PTE_MAPPED_HUGEPAGE for a success
   */
  ScanResult collapse(CollapseSession session);
}
