/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.ffm;

/** The userfaultfd ioctls: their request codes and structures, in 64-bit words. */
public enum Ioctl {
  /** {@code UFFDIO_API}: api, features, ioctls. */
  API(0x3f, Ioctl.BOTH, 3),
  /** {@code UFFDIO_REGISTER}: start, length, mode, ioctls. */
  REGISTER(0x00, Ioctl.BOTH, 4),
  /** {@code UFFDIO_UNREGISTER}: start, length. */
  UNREGISTER(0x01, Ioctl.READ, 2),
  /** {@code UFFDIO_WAKE}: start, length. */
  WAKE(0x02, Ioctl.READ, 2),
  /** {@code UFFDIO_COPY}: destination, source, length, mode, copied. */
  COPY(0x03, Ioctl.BOTH, 5),
  /** {@code UFFDIO_ZEROPAGE}: start, length, mode, zeroed. */
  ZEROPAGE(0x04, Ioctl.BOTH, 4),
  /** {@code UFFDIO_MOVE}: destination, source, length, mode, moved. */
  MOVE(0x05, Ioctl.BOTH, 5),
  /** {@code UFFDIO_WRITEPROTECT}: start, length, mode. */
  WRITEPROTECT(0x06, Ioctl.BOTH, 3),
  /** {@code UFFDIO_CONTINUE}: start, length, mode, mapped. */
  CONTINUE(0x07, Ioctl.BOTH, 4),
  /** {@code UFFDIO_POISON}: start, length, mode, updated. */
  POISON(0x08, Ioctl.BOTH, 4);

  /** {@code USERFAULTFD_IOC_NEW} of {@code /dev/userfaultfd}; the flags are the argument. */
  public static final long NEW = 0xAA00;

  /** The version of the interface: {@code UFFD_API}. */
  public static final long VERSION = 0xAA;

  /** How {@code UNREGISTER} and {@code WAKE} are declared, although they read user memory. */
  private static final int READ = 2;

  private static final int BOTH = 3;

  private final long request;
  private final int words;

  Ioctl(int number, int direction, int words) {
    this.request =
        ((long) direction << 30) | (((long) words * Long.BYTES) << 16) | (0xAA << 8) | number;
    this.words = words;
  }

  /** Returns the request code. */
  public long request() {
    return request;
  }

  /** Returns the length of the structure in 64-bit words. */
  public int words() {
    return words;
  }

  /** Returns the name as in the manual pages. */
  public String manualName() {
    return "UFFDIO_" + name();
  }
}
