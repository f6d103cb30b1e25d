/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class SeedsTest {
  @Test
  void printsTheSeedOfAFailure() {
    long[] used = new long[1];
    AssertionError cause = new AssertionError("wrong");
    AssertionError failure =
        assertThrows(
            AssertionError.class,
            () ->
                Seeds.check(
                    seed -> {
                      used[0] = seed;
                      throw cause;
                    }));
    assertSame(cause, failure.getCause());
    assertTrue(failure.getMessage().contains("-Dmm4j.seed=" + used[0]), failure.getMessage());
    assertTrue(failure.getMessage().contains("wrong"), failure.getMessage());
  }

  @Test
  void replaysTheSeedOfTheProperty() {
    String before = System.getProperty(Seeds.PROPERTY);
    System.setProperty(Seeds.PROPERTY, "-17");
    try {
      Seeds.check(seed -> assertEquals(-17, seed));
    } finally {
      if (before == null) {
        System.clearProperty(Seeds.PROPERTY);
      } else {
        System.setProperty(Seeds.PROPERTY, before);
      }
    }
  }

  @Test
  void givesTheSameNumbersForASeed() {
    assertEquals(Seeds.random(5).nextLong(), Seeds.random(5).nextLong());
  }
}
