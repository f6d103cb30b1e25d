/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Pages held in place for input and output without copying. While it is open the pages keep their
 * frames, whatever is unmapped or truncated, and a collapse refuses them (PAGE_COUNT, EAGAIN).
 *
 * <p>Thread-safe. The segments must not be used after {@link #close()}.
 */
public interface Pin extends AutoCloseable {
  /**
   * Returns the pages in address order, one segment each, the first and last cut to the pinned
   * range.
   */
  List<MemorySegment> segments();

  /** Lets the pages go. Closing twice does nothing. */
  @Override
  void close();
}
