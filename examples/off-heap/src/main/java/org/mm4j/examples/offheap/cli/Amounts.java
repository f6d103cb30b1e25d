/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.offheap.cli;

import java.util.Locale;

/** Amounts as people read them. */
final class Amounts {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  private Amounts() {}

  /** Returns a number of bytes, such as {@code 512 MiB}. */
  static String bytes(long bytes) {
    if (bytes >= 10 * GIB) {
      return scaled(bytes, GIB) + " GiB";
    }
    if (bytes >= MIB || bytes == 0) {
      return scaled(bytes, MIB) + " MiB";
    }
    return bytes >= KIB ? scaled(bytes, KIB) + " KiB" : bytes + " bytes";
  }

  private static String scaled(long bytes, long unit) {
    return bytes % unit == 0
        ? String.valueOf(bytes / unit)
        : String.format(Locale.ROOT, "%.1f", (double) bytes / unit);
  }

  /** Returns a number with its thousands set apart. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Returns a time, such as {@code 12.3 ms}. */
  static String nanos(long nanos) {
    return nanos >= 1_000_000_000L
        ? String.format(Locale.ROOT, "%.2f s", nanos / 1e9)
        : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }
}
