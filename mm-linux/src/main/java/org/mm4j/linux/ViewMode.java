/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

/** What a direct view of memory may meet when Java code touches it. */
public enum ViewMode {
  /**
   * No userfaultfd watches the memory, and none can be registered over it while the view is open.
   */
  UNWATCHED,
  /**
   * Every userfaultfd over the memory was handshaken with {@link org.mm4j.UffdFeature#SIGBUS}: a
   * missing page raises SIGBUS, which the JVM turns into an {@link InternalError}; nobody waits.
   * The error may be thrown a little later than the access that caused it, whose value is then
   * meaningless: go through {@link DirectView#attempt}, fill the page, and try again.
   */
  SIGBUS,
  /**
   * A thread that touches a missing page waits in the kernel while the JVM counts it as running.
   * The next safepoint waits for it, and with it every other Java thread, a handler in this JVM
   * included: <b>the JVM stops for ever</b>. Only for memory whose handler runs in another process.
   */
  MAY_STOP_THE_JVM
}
