/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux.ffm;

import java.util.Optional;

/** The architectures whose system-call numbers are known. */
public enum Architecture {
  /** {@code x86_64}. */
  X86_64,
  /** {@code aarch64}. */
  AARCH64;

  /** Returns the architecture that Java's {@code os.arch} names, if it is known. */
  public static Optional<Architecture> named(String name) {
    return switch (name) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64", "arm64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }
}
