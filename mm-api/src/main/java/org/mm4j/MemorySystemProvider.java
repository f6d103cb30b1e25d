/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * Finds the simulated kernel; implemented by mm-core and looked up by {@link
 * MemorySystem#simulated()}.
 */
public interface MemorySystemProvider {
  /** Returns a new builder with the defaults. */
  SimulatedBuilder newBuilder();
}
