/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * The memory of one process: what its system calls do to it.
 *
 * <p>Thread-safe; calls of several threads behave as Linux's do. Addresses are 64-bit; user
 * addresses lie in {@code [64 KiB, 2^47)}. After {@link #close()} every method throws {@link
 * IllegalStateException}; threads blocked in a fault of a closed space are woken and get {@link
 * Errno#ESRCH}.
 */
public interface AddressSpace extends AutoCloseable {
  /**
   * Maps memory ({@code mmap}).
   *
   * @return the address
   * @throws MemoryException EINVAL for a length of 0, an unaligned offset or fixed address, or not
   *     exactly one of SHARED and PRIVATE; ENOMEM when no gap is large enough; EEXIST with
   *     FIXED_NOREPLACE over a mapping; EOVERFLOW when the end of the file range overflows; EPERM
   *     for a writable shared mapping of a write-sealed file; ENODEV for a kind of mapping this
   *     kernel does not have
   */
  long map(MapRequest request);

  /**
   * Unmaps every mapping in a range ({@code munmap}); gaps are fine.
   *
   * @throws MemoryException EINVAL for an unaligned start, a length of 0, or a range outside user
   *     addresses
   */
  void unmap(AddressRange range);

  /**
   * Changes what a range permits ({@code mprotect}).
   *
   * @throws MemoryException EINVAL for an unaligned start; ENOMEM if part of the range is not
   *     mapped (what lies before the gap is changed, as in Linux); EACCES if the file does not
   *     permit it
   */
  void protect(AddressRange range, Set<Protection> protection);

  /**
   * Moves or resizes a mapping ({@code mremap}).
   *
   * @param hint the new address with {@link RemapFlag#FIXED}, else ignored
   * @return the address of the mapping now
   * @throws MemoryException EINVAL for unaligned or overlapping ranges or flags that do not fit;
   *     EFAULT if the old range is not within one mapping (what a call in place only cuts off may
   *     be anything); ENOMEM if it cannot grow
   */
  long remap(AddressRange old, long newLengthBytes, Set<RemapFlag> flags, long hint);

  /**
   * Gives advice about a range ({@code madvise}). The length is rounded up to pages; a length of 0
   * does nothing.
   *
   * @throws MemoryException EINVAL for an unaligned start, a range that wraps, or advice the
   *     mapping does not support; ENOMEM if part of the range is not mapped (the rest is done). For
   *     {@link Advice#COLLAPSE} also EAGAIN (pages are in use; try again), EBUSY (a limit, or a
   *     userfaultfd watches a hole), and ENOMEM (no huge page); for {@link Advice#REMOVE} EACCES if
   *     the mapping is not shared and writable
   */
  void advise(AddressRange range, Advice advice);

  /**
   * Returns which pages of a range are resident ({@code mincore}): bit {@code i} for page {@code
   * i}.
   *
   * @throws MemoryException EINVAL for an unaligned start; ENOMEM if part of the range is not
   *     mapped
   */
  BitSet residency(AddressRange range);

  /**
   * Copies from this space into a segment, faulting pages in. May block in a userfault, with no
   * lock held.
   *
   * @throws MemoryException EFAULT if part of the range cannot be read; EINTR if the thread is
   *     interrupted while it waits in a userfault
   */
  void read(long address, MemorySegment to);

  /**
   * Copies a segment into this space, faulting pages in. May block in a userfault, with no lock
   * held.
   *
   * @throws MemoryException EFAULT if part of the range cannot be written (what lies before it is);
   *     EINTR if the thread is interrupted while it waits in a userfault
   */
  void write(long address, MemorySegment from);

  /**
   * Pins the pages of a range.
   *
   * @throws MemoryException EFAULT if part of the range cannot be accessed so; EINTR as in {@link
   *     #read}
   */
  Pin pin(AddressRange range, Access access);

  /**
   * Creates a processor for the calling thread.
   *
   * @throws IllegalStateException if the space is closed
   */
  GuestCpu newCpu();

  /**
   * Creates a userfaultfd for this space ({@code userfaultfd}).
   *
   * @throws MemoryException ENOSYS if no userfaultfd module is on the path
   */
  Userfaultfd userfaultfd(Set<UffdFlag> flags);

  /**
   * Creates a copy of this space ({@code fork}): shared mappings are shared.
   *
   * @throws MemoryException ENOMEM if there is no memory for the tables; ENODEV for a mapping this
   *     kernel cannot copy
   */
  AddressSpace fork();

  /** Returns the mappings in address order, at one moment. */
  List<MappingView> mappings();

  /** Unmaps everything and wakes whoever is blocked in a fault. Closing twice does nothing. */
  @Override
  void close();
}
