/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

/** Whether a feature is there. */
public sealed interface Availability {
  /** It is. */
  record Available() implements Availability {}

  /**
   * It is not.
   *
   * @param reason exactly what is in the way
   * @param remedy what would help
   */
  record Missing(String reason, String remedy) implements Availability {}
}
