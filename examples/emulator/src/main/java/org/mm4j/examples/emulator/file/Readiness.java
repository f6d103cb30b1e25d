/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

/** What a file is ready for: the bits of {@code poll}. */
public final class Readiness {
  /** Reading does not block. */
  public static final int IN = 0x01;

  /** Writing does not block. */
  public static final int OUT = 0x04;

  /** There is an error. */
  public static final int ERROR = 0x08;

  /** The other end is gone. */
  public static final int HANG_UP = 0x10;

  /** No such descriptor. */
  public static final int INVALID = 0x20;

  private Readiness() {}
}
