/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mm4j.AddressRange;
import org.mm4j.Pages;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/** The page tables of a range at one moment: a word of {@code /proc/self/pagemap} per page. */
public final class Pagemap {
  private static final int AT_FDCWD = -100;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final long PRESENT = 1L << 63;
  private static final long SWAPPED = 1L << 62;
  private static final long FILE_OR_SHARED = 1L << 61;
  private static final long UFFD_WP = 1L << 57;
  private static final long FRAME = (1L << 55) - 1;

  private final long[] words;

  private Pagemap(long[] words) {
    this.words = words;
  }

  static Pagemap of(SystemCalls calls, AddressRange range) {
    long bytes = range.lengthBytes() >>> Pages.SHIFT << 3;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/proc/self/pagemap");
      long fd = calls.call(SystemCall.OPENAT, AT_FDCWD, path.address(), O_CLOEXEC, 0, 0, 0);
      Refusal.check(fd, "openat", 0);
      try {
        MemorySegment content = arena.allocate(Math.max(bytes, Long.BYTES), Long.BYTES);
        long offset = range.start() >>> Pages.SHIFT << 3;
        for (long done = 0; done < bytes; ) {
          long result =
              calls.call(
                  SystemCall.PREAD64,
                  fd,
                  content.address() + done,
                  bytes - done,
                  offset + done,
                  0,
                  0);
          if (result == 0) {
            break;
          }
          done += Refusal.check(result, "pread64", range.start());
        }
        return new Pagemap(content.asSlice(0, bytes).toArray(ValueLayout.JAVA_LONG));
      } finally {
        calls.call(SystemCall.CLOSE, fd, 0, 0);
      }
    }
  }

  /** Returns how many pages the range has. */
  public int pageCount() {
    return words.length;
  }

  /** Returns whether a page has a translation. */
  public boolean isPresent(int page) {
    return (words[page] & PRESENT) != 0;
  }

  /** Returns whether a page is swapped out. */
  public boolean isSwapped(int page) {
    return (words[page] & SWAPPED) != 0;
  }

  /** Returns whether a page belongs to a file or is shared anonymous memory. */
  public boolean isFileOrShared(int page) {
    return (words[page] & FILE_OR_SHARED) != 0;
  }

  /** Returns whether a userfaultfd has write-protected a page. */
  public boolean isWriteProtected(int page) {
    return (words[page] & UFFD_WP) != 0;
  }

  /** Returns the physical frame of a present page; 0 without CAP_SYS_ADMIN. */
  public long frame(int page) {
    return isPresent(page) ? words[page] & FRAME : 0;
  }
}
