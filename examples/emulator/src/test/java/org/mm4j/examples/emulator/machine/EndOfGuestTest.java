/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After a guest has ended, however it did, no thread of it is left. */
final class EndOfGuestTest {
  private static Set<Thread> threadsOfGuests() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("guest thread"))
        .collect(Collectors.toSet());
  }

  private static void assertNoThreadIsLeft() throws InterruptedException {
    for (Thread thread : threadsOfGuests()) {
      thread.join(TimeUnit.SECONDS.toMillis(1)); // it may be on its very last instructions
    }
    assertEquals(Set.of(), threadsOfGuests());
  }

  @ParameterizedTest
  @ValueSource(strings = {"threads", "signals"})
  void ofAGuestWithThreads(String name) throws InterruptedException {
    assertEquals(0, GuestRun.ofBundled(name).result().status().shellStatus());
    assertNoThreadIsLeft();
  }

  @Test
  void ofAGuestThatCrashes() throws InterruptedException {
    GuestRun.ofBundled("faulty", "null-read");
    assertNoThreadIsLeft();
  }

  @Test
  void ofAMigration() throws InterruptedException {
    GuestRun.ofBundled("migration", "--ranges", "1");
    assertNoThreadIsLeft();
  }
}
