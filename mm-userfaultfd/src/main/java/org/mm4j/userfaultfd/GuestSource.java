/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import java.lang.foreign.MemorySegment;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.UserAddresses;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageFiller;

/** The content of pages that are copied from the same address space; reading it may fault. */
final class GuestSource implements PageFilling.Source {
  private static final String CALL = "UFFDIO_COPY";

  private final MemoryDescriptor mm;
  private final long start;
  private final MemorySegment bounce = MemorySegment.ofArray(new byte[Pages.SIZE_BYTES]);
  private final PageFiller filler = page -> page.copyFrom(bounce);

  private GuestSource(MemoryDescriptor mm, long start) {
    this.mm = mm;
    this.start = start;
  }

  /**
   * Creates a source.
   *
   * @throws MemoryException EINVAL if it is not within the user addresses
   */
  static GuestSource of(MemoryDescriptor mm, long start, long lengthBytes) {
    boolean inside = start >= 0 && lengthBytes >= 0 && lengthBytes <= UserAddresses.END - start;
    if (!inside) {
      throw new MemoryException(Errno.EINVAL, CALL, start, "source is outside of user addresses");
    }
    return new GuestSource(mm, start);
  }

  @Override
  public boolean mayFault() {
    return true;
  }

  @Override
  public PageFiller at(long offsetBytes) {
    try {
      mm.read(start + offsetBytes, bounce);
      return filler;
    } catch (IllegalStateException e) {
      if (!mm.isExiting()) {
        throw e;
      }
      MemoryException gone =
          new MemoryException(Errno.ESRCH, CALL, start, "the address space is being closed");
      gone.initCause(e);
      throw gone;
    }
  }
}
