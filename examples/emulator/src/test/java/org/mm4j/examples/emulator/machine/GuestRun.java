/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.mm4j.examples.emulator.elf.ElfException;

/** Runs a guest to its end and keeps what it printed. */
record GuestRun(RunResult result, String output, String errors) {
  static GuestRun of(MachineOptions options, Program program, String... arguments)
      throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (Machine machine = new Machine(options, program)) {
      RunResult result =
          machine.run(List.of(arguments), new GuestFiles(InputStream.nullInputStream(), out, err));
      return new GuestRun(result, out.toString(UTF_8), err.toString(UTF_8));
    } catch (ElfException e) {
      throw new IllegalStateException(e);
    }
  }

  static GuestRun ofBundled(String name, String... arguments) throws InterruptedException {
    return of(MachineOptions.STANDARD, Program.bundled(name), arguments);
  }

  static String expected(String name) {
    String path = "/org/mm4j/examples/emulator/guest/expected/" + name + ".txt";
    try (InputStream file = GuestRun.class.getResourceAsStream(path)) {
      return new String(file.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
