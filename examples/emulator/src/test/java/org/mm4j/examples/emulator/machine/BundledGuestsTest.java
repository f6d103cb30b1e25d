/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real programs print what they print on a real machine, while their memory is collapsed. */
final class BundledGuestsTest {
  @ParameterizedTest
  @ValueSource(strings = {"compute", "threads", "memory", "signals"})
  void outputIsRightAndMemoryWasCollapsed(String name) throws InterruptedException {
    GuestRun run = GuestRun.ofBundled(name);
    assertEquals(GuestRun.expected(name), run.output(), run::errors);
    assertEquals(0, run.result().status().shellStatus());
    assertTrue(
        run.result().collapses().collapses() > 0, () -> "no collapse: " + run.result().collapses());
  }

  /** Lua comes from Debian's sources: {@code src/guest/lua.sh target/lua}. */
  @Test
  void luaRunsItsSelfTest() throws Exception {
    Path lua = Path.of("target", "lua", "lua");
    Assumptions.assumeTrue(Files.exists(lua), "no Lua: run src/guest/lua.sh target/lua");
    GuestRun run =
        GuestRun.of(
            MachineOptions.STANDARD,
            Program.find(lua.toString()),
            Path.of("src", "guest", "lua", "selftest.lua").toAbsolutePath().toString());
    assertEquals(GuestRun.expected("lua-selftest"), run.output(), run::errors);
    assertTrue(run.result().collapses().collapses() > 0);
  }
}
