/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.mm4j.examples.emulator.elf.ElfException;
import org.mm4j.examples.emulator.machine.GuestFiles;
import org.mm4j.examples.emulator.machine.Machine;
import org.mm4j.examples.emulator.machine.MachineOptions;
import org.mm4j.examples.emulator.machine.Program;
import org.mm4j.examples.emulator.machine.RunResult;
import org.mm4j.examples.emulator.report.CrashText;
import org.mm4j.examples.emulator.report.LiveProgress;
import org.mm4j.examples.emulator.report.MigrationOutcome;
import org.mm4j.examples.emulator.report.ProgressReader;

/**
 * One run of the migration guest, watched.
 *
 * @param output what the guest printed
 * @param outcome what it found out
 */
record Migration(String output, MigrationOutcome outcome) {
  static Migration run(Streams streams, MachineOptions options, List<String> arguments)
      throws InterruptedException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ProgressReader progress = new ProgressReader();
    GuestFiles files =
        new GuestFiles(InputStream.nullInputStream(), output, streams.err(), progress);
    Program program = Program.bundled("migration");
    try (Machine machine = KernelOptions.newMachine(options, program)) {
      LiveProgress live =
          new LiveProgress(streams.newProgress().get(), options.strategy(), machine, progress);
      RunResult result;
      try {
        result = machine.run(arguments, files);
      } finally {
        live.close();
      }
      if (result.crash() != null) {
        streams.err().print("mm4j: " + CrashText.of(result.crash()));
      }
      String text = output.toString(StandardCharsets.UTF_8);
      return new Migration(text, MigrationOutcome.read(options.strategy(), text, result));
    } catch (ElfException tooLong) {
      throw new IllegalStateException(tooLong);
    }
  }
}
