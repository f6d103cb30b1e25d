/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A userfaultfd: whoever holds it is told when a thread touches a page that is not there, and fills
 * it.
 *
 * <p>States:
 *
 * <pre>
 *   CREATED --handshake--> READY --close--> CLOSED
 * </pre>
 *
 * Until the handshake every other call is EINVAL. {@link #close()} disarms every range and lets the
 * waiting threads fault again, as in unwatched memory; afterwards every method throws {@link
 * IllegalStateException}.
 *
 * <p>Thread-safe. The errors are those of {@code ioctl_userfaultfd(2)}; a resolving operation
 * returns an outcome, everything else throws {@link MemoryException} with the state unchanged.
 * Source: rules in {@code docs/LINUX-COMPATIBILITY.md}.
 */
public interface Userfaultfd extends AutoCloseable {
  /**
   * Agrees on features ({@code UFFDIO_API}).
   *
   * @param wanted the features to enable
   * @return every feature this kernel has
   * @throws MemoryException EINVAL for a feature it does not have, or if the handshake was done
   *     before
   */
  Set<UffdFeature> handshake(Set<UffdFeature> wanted);

  /**
   * Watches a range ({@code UFFDIO_REGISTER}). When it returns, no hole of the range that anybody
   * then observes is filled by a collapse while the registration lasts.
   *
   * @return the operations the range supports
   * @throws MemoryException EINVAL for an unaligned, empty or foreign range, no mode, a mode this
   *     kernel does not have, no mapping in the range, or one that cannot be watched; EPERM for a
   *     mapping that could never be written; EBUSY if another userfaultfd watches part of it
   */
  Set<UffdOperation> register(AddressRange range, Set<UffdMode> modes);

  /**
   * Stops watching a range and wakes its waiting threads ({@code UFFDIO_UNREGISTER}).
   *
   * @throws MemoryException EINVAL for a bad range, no mapping in it, or one watched by another
   *     userfaultfd
   */
  void unregister(AddressRange range);

  /**
   * Fills missing pages with content ({@code UFFDIO_COPY}) and wakes their waiters.
   *
   * @param address the first page, aligned
   * @param source the content; its length is a multiple of the page size, not 0
   * @throws MemoryException EINVAL for a bad range or for flags the registration does not support;
   *     ENOMEM if there is no memory for the first page
   */
  FillOutcome copy(long address, MemorySegment source, Set<FillFlag> flags);

  /**
   * Fills missing pages with content from the same address space ({@code UFFDIO_COPY}) and wakes
   * their waiters.
   *
   * @param address the first page, aligned
   * @param sourceAddress where the content is, any alignment
   * @param lengthBytes a multiple of the page size, not 0
   * @throws MemoryException as in {@link #copy(long, MemorySegment, Set)}; EFAULT if the source
   *     cannot be read
   */
  FillOutcome copy(long address, long sourceAddress, long lengthBytes, Set<FillFlag> flags);

  /**
   * Fills missing pages with zeros ({@code UFFDIO_ZEROPAGE}) and wakes their waiters.
   *
   * @throws MemoryException as in {@link #copy(long, MemorySegment, Set)}
   */
  FillOutcome zero(AddressRange range, Set<FillFlag> flags);

  /**
   * Wakes the threads that wait in a range ({@code UFFDIO_WAKE}); each faults again.
   *
   * @throws MemoryException EINVAL for a bad range
   */
  void wake(AddressRange range);

  /**
   * Takes the next unread message, or returns null if there is none.
   *
   * @throws MemoryException EINVAL before the handshake
   */
  @Nullable UffdMessage poll();

  /**
   * Takes the next unread message, waiting for one.
   *
   * @throws InterruptedException if the thread is interrupted while it waits; no message is lost
   * @throws MemoryException EINVAL before the handshake
   * @throws IllegalStateException if it is closed, also while the thread waits
   */
  UffdMessage take() throws InterruptedException;

  /** Returns whether there is an unread message ({@code POLLIN}). */
  boolean isReadable();

  /**
   * Calls something whenever a message has become readable, for event loops. The listener runs on
   * the faulting thread; it must be quick, take no memory lock and block on nothing. It is called
   * once at registration if there already is a message.
   *
   * @return a handle that ends it
   */
  AutoCloseable onReadable(Runnable listener);

  /** Returns the registered ranges and pending messages, one line each, for people. */
  String describe();

  /** Disarms every range and wakes every waiter. Closing twice does nothing. */
  @Override
  void close();
}
