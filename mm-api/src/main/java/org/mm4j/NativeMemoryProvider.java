/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * Finds the running kernel; implemented by mm-linux and looked up by {@link MemorySystem#linux()}.
 */
public interface NativeMemoryProvider {
  /**
   * Opens the running kernel.
   *
   * @throws IllegalStateException if this machine does not have what it needs; the message names
   *     the reason and the remedy
   */
  MemorySystem open();
}
