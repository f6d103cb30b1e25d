/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.file;

/** Ends a listener. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
  /** Of a file that is always ready. */
  Subscription NONE = () -> {};

  @Override
  void close();
}
