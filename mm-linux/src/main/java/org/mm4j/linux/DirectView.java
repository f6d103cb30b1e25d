/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.mm4j.AddressRange;

/**
 * Direct access to a range of an address space, at the speed of any off-heap memory. Thread-safe.
 *
 * <p>While it is open the range can be neither unmapped, moved nor protected (EBUSY). When it is
 * closed, or the address space is, the segment answers {@link IllegalStateException}. Where a file
 * has been cut short under the mapping, an access is an {@link InternalError}.
 */
public final class DirectView implements AutoCloseable {
  private final AddressRange range;
  private final Arena arena;
  private final Runnable settle;
  private final MemorySegment segment;

  @SuppressWarnings("restricted")
  DirectView(AddressRange range, boolean writable, AddressBook.Use use, Runnable settle) {
    this.settle = settle;
    this.range = range;
    this.arena = Arena.ofShared();
    MemorySegment whole =
        MemorySegment.ofAddress(range.start())
            .reinterpret(range.lengthBytes(), arena, ended -> use.close());
    this.segment = writable ? whole : whole.asReadOnly();
    use.revokeWith(this::closeUnlessInUse);
  }

  /** Returns the addresses. */
  public AddressRange range() {
    return range;
  }

  /** Returns the memory; read-only if any part of the range is. */
  public MemorySegment segment() {
    return segment;
  }

  /**
   * Runs some accesses to memory that may raise SIGBUS, and says whether it did: because a page is
   * missing in {@link ViewMode#SIGBUS}, or lies beyond the end of its file. The JVM may throw the
   * error a little after the access; here it is caught for certain, before this returns. What was
   * read by then is meaningless.
   *
   * @return whether the accesses succeeded
   */
  public boolean attempt(Runnable accesses) {
    try {
      accesses.run();
      settle.run();
      return true;
    } catch (InternalError e) {
      return false;
    }
  }

  /**
   * Ends the access. Closing twice does nothing.
   *
   * @throws IllegalStateException if a call is using the segment at this moment
   */
  @Override
  public void close() {
    if (!closeUnlessInUse()) {
      throw new IllegalStateException("a call is using the view's segment");
    }
  }

  /** Returns whether it is closed now. A view in use keeps its memory until it is closed. */
  private boolean closeUnlessInUse() {
    try {
      arena.close();
      return true;
    } catch (IllegalStateException e) {
      return !arena.scope().isAlive();
    }
  }
}
