/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.xarray;

import org.jspecify.annotations.Nullable;

/**
 * Where the nodes of an array come from: the place where "no memory" is decided.
 *
 * <p>Called with the array's lock held, so an implementation acquires nothing. An operation that
 * needs several nodes asks for all of them before it changes anything.
 */
@FunctionalInterface
public interface NodeAllocator {
  /** Takes nodes from the Java heap, without a limit. */
  NodeAllocator HEAP = Object[]::new;

  /**
   * Returns a new array with all elements null.
   *
   * @param elementCount its length
   * @return null if there is no memory
   */
  Object @Nullable [] allocate(int elementCount);
}
