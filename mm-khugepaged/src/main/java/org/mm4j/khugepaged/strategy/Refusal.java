/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged.strategy;

import org.mm4j.ScanResult;

/**
 * A step says that the range cannot be collapsed, and why. It ends the algorithm from any depth, so
 * that the algorithm itself can be read without its failures; being routine, it has no stack trace.
 */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ScanResult result;

  Refusal(ScanResult result) {
    super(result.traceText(), null, false, false);
    this.result = result;
  }

  ScanResult result() {
    return result;
  }

  static void unless(boolean condition, ScanResult result) {
    if (!condition) {
      throw new Refusal(result);
    }
  }
}
