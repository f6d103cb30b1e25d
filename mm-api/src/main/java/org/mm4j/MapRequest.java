/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code mmap}.
 *
 * @param hint where the mapping should be; exactly there with {@link MapFlag#FIXED} or {@link
 *     MapFlag#FIXED_NOREPLACE}; 0 for anywhere
 * @param lengthBytes how long it should be, rounded up to pages; 0 is EINVAL
 * @param protection what it permits
 * @param flags how it is mapped; exactly one of SHARED and PRIVATE
 * @param file the file, or null with {@link MapFlag#ANONYMOUS}
 * @param offsetBytes where in the file it begins, page aligned
 */
public record MapRequest(
    long hint,
    long lengthBytes,
    Set<Protection> protection,
    Set<MapFlag> flags,
    @Nullable MemoryFile file,
    long offsetBytes) {
  /** Copies the sets. */
  public MapRequest {
    protection = Set.copyOf(protection);
    flags = Set.copyOf(flags);
  }

  /** A readable and writable shared mapping of a file, anywhere. */
  public static MapRequest shared(MemoryFile file, long offsetBytes, long lengthBytes) {
    return new MapRequest(
        0,
        lengthBytes,
        EnumSet.of(Protection.READ, Protection.WRITE),
        EnumSet.of(MapFlag.SHARED),
        file,
        offsetBytes);
  }

  /** The same request, exactly at the address, replacing what is there. */
  public MapRequest at(long address) {
    return with(address, MapFlag.FIXED);
  }

  /** The same request at the address if it is free. */
  public MapRequest near(long address) {
    return new MapRequest(address, lengthBytes, protection, flags, file, offsetBytes);
  }

  /** The same request with another protection. */
  public MapRequest protect(Set<Protection> other) {
    return new MapRequest(hint, lengthBytes, other, flags, file, offsetBytes);
  }

  private MapRequest with(long address, MapFlag flag) {
    Set<MapFlag> more = EnumSet.of(flag);
    more.addAll(flags);
    return new MapRequest(address, lengthBytes, protection, more, file, offsetBytes);
  }
}
