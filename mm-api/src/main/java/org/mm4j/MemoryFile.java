/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A file that is memory (memfd, tmpfs): pages that exist only when something put them there, and
 * holes that read as zeros.
 *
 * <p>Offsets and lengths are in bytes. Thread-safe. After {@link #close()} every method throws
 * {@link IllegalStateException}; mappings of the file stay, and its pages live as long as they do.
 *
 * <p>Calls that move content ({@link #read}, {@link #write}) may block while another thread
 * collapses or truncates the pages, never in a userfault.
 */
public interface MemoryFile extends AutoCloseable {
  /** Returns the name given at creation, for people. */
  String name();

  /** Returns the size in bytes. */
  long sizeBytes();

  /**
   * Returns how many 512-byte blocks are allocated ({@code st_blocks}): eight for each page that
   * exists, a fallocated one included.
   */
  long blocks();

  /**
   * Sets the size. Pages beyond it are dropped and unmapped, the rest of the last page is zeroed.
   *
   * @throws MemoryException EINVAL if negative; EPERM if a seal forbids it; EFBIG beyond the
   *     greatest size
   */
  void truncate(long sizeBytes);

  /**
   * Allocates the pages of a range, growing the file if needed ({@code fallocate} with mode 0). A
   * page that is allocated and not yet written reads as zeros and is not a hole to a collapse,
   * though {@link #seekData} takes it for one.
   *
   * @throws MemoryException EINVAL for a negative offset or a length that is not positive; EFBIG
   *     beyond the greatest size; EPERM if a seal forbids growing; ENOSPC over the file's limit;
   *     ENOMEM over the kernel's. Pages added by a call that fails are removed again.
   */
  void allocate(long offsetBytes, long lengthBytes);

  /**
   * Frees the whole pages of a range and zeroes the rest of it ({@code FALLOC_FL_PUNCH_HOLE}); the
   * size stays.
   *
   * @throws MemoryException EINVAL for a negative offset or a length that is not positive; EPERM if
   *     a seal forbids it
   */
  void punchHole(long offsetBytes, long lengthBytes);

  /**
   * Returns the first offset at or after the given one that holds data, or nothing if there is none
   * up to the end ({@code SEEK_DATA}; both of Linux's ENXIO cases are the empty result).
   */
  OptionalLong seekData(long offsetBytes);

  /**
   * Returns the first offset at or after the given one that is a hole; the end of the file is one
   * ({@code SEEK_HOLE}). Empty if the offset is negative or not below the size (ENXIO).
   */
  OptionalLong seekHole(long offsetBytes);

  /**
   * Copies from the file into a segment; holes read as zeros and stay holes.
   *
   * @return the number of bytes, less than asked at the end of the file, 0 beyond it
   * @throws MemoryException EINVAL for a negative offset
   */
  int read(long offsetBytes, MemorySegment to);

  /**
   * Copies a segment into the file, growing it if needed.
   *
   * @return the number of bytes, less than asked if space ran out after some
   * @throws MemoryException EINVAL for a negative offset; EFBIG beyond the greatest size; EPERM if
   *     a seal forbids it; ENOSPC if not even the first page could be had
   */
  int write(long offsetBytes, MemorySegment from);

  /** Returns the seals. */
  Set<Seal> seals();

  /**
   * Adds seals; they cannot be taken off again.
   *
   * @throws MemoryException EPERM if the file is sealed against sealing; EBUSY for {@link
   *     Seal#WRITE} while a writable shared mapping exists
   */
  void addSeals(Set<Seal> more);

  /** Gives up this handle. Mappings stay. Closing twice does nothing. */
  @Override
  void close();
}
