/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The running Linux kernel behind the calls of {@link org.mm4j}, through the Foreign Function and
 * Memory API. Start at {@link org.mm4j.linux.LinuxMemory}. Needs {@code
 * --enable-native-access=org.mm4j.linux} (on the class path: {@code ALL-UNNAMED}).
 */
module org.mm4j.linux {
  requires transitive org.mm4j.api;
  requires org.slf4j;
  requires static org.jspecify;

  exports org.mm4j.linux;

  provides org.mm4j.NativeMemoryProvider with
      org.mm4j.linux.RunningKernelProvider;
}
