/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/** Operations of a userfaultfd ({@code _UFFDIO_*}), with Linux's ioctl numbers. */
public enum UffdOperation {
  /** Registers a range. */
  REGISTER(0x00),
  /** Unregisters a range. */
  UNREGISTER(0x01),
  /** Wakes waiting faults. */
  WAKE(0x02),
  /** Fills pages with content. */
  COPY(0x03),
  /** Fills pages with zeros. */
  ZEROPAGE(0x04),
  /** Moves pages. */
  MOVE(0x05),
  /** Protects and unprotects pages. */
  WRITE_PROTECT(0x06),
  /** Maps pages that the file has. */
  CONTINUE(0x07),
  /** Marks pages as poisoned. */
  POISON(0x08),
  /** The handshake. */
  API(0x3f);

  private final int number;

  UffdOperation(int number) {
    this.number = number;
  }

  /** Returns Linux's ioctl number. */
  public int number() {
    return number;
  }
}
