/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import java.security.SecureRandom;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Random bytes for the guest: the host's, or always the same. Thread-safe. */
public final class RandomSource {
  private final RandomGenerator generator;

  /**
   * Creates a source.
   *
   * @param seed fixes the bytes
   */
  public RandomSource(OptionalLong seed) {
    generator =
        seed.isPresent()
            ? RandomGeneratorFactory.of("L64X128MixRandom").create(seed.getAsLong())
            : new SecureRandom();
  }

  /** Returns so many bytes. */
  public synchronized byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    generator.nextBytes(bytes);
    return bytes;
  }
}
