/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

/** Memory fences, for the few places where an ordered access is not enough. */
public final class Fences {
  private Fences() {}

  /**
   * Orders every access before it before every access after it, stores before later loads included.
   * The only thing that closes a store-buffering window: "I have stored mine, now I look at yours".
   */
  public static void full() {
    Sync.backend().fullFence();
  }

  /** Orders loads before it before all accesses after it ({@code smp_rmb} and more). */
  public static void acquire() {
    Sync.backend().acquireFence();
  }

  /** Orders all accesses before it before stores after it ({@code smp_wmb} and more). */
  public static void release() {
    Sync.backend().releaseFence();
  }
}
