/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mm4j.linux.Availability;
import org.mm4j.testkit.RunningKernel;

/** The bytes that the module carries are those of the source beside them. */
final class ExecutorProgramTest {
  private static final Path SCRIPT = Path.of("src/main/asm/x86_64/assemble.sh");

  @TempDir Path folder;

  @Test
  void bytesAreThoseOfTheSource() throws IOException, InterruptedException {
    RunningKernel.require(
        Stream.of("as", "ld").allMatch(ExecutorProgramTest::isThere)
            && System.getProperty("os.arch").equals("amd64"),
        () -> "no as and ld for x86-64 on the PATH; install binutils");
    Path assembled = folder.resolve("executor");
    Process process =
        new ProcessBuilder("bash", SCRIPT.toString(), assembled.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), () -> read(folder.resolve("log")));
    assertEquals(Loaded.of(Files.readAllBytes(assembled)), Loaded.of(carried()));
  }

  @Test
  void probeSaysWhatIsMissing() {
    assertEquals("the operating system is Mac OS X", reason("Mac OS X", "amd64", true));
    assertTrue(reason("Linux", "aarch64", true).endsWith("the architecture is aarch64"));
    assertTrue(reason("Linux", "amd64", false).contains("native code"));
  }

  private static String reason(String system, String architecture, boolean mayCallNativeCode) {
    return assertInstanceOf(
            Availability.Missing.class,
            ExecutorProgram.probe(system, architecture, mayCallNativeCode))
        .reason();
  }

  private static byte[] carried() throws IOException {
    try (InputStream resource = ExecutorProgram.class.getResourceAsStream("executor-x86_64.elf")) {
      return resource.readAllBytes();
    }
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** What the kernel sees of an ELF file with one segment; the rest differs between linkers. */
  private record Loaded(long entry, long address, String bytes) {
    private static final int PT_LOAD = 1;

    static Loaded of(byte[] elf) {
      ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
      int header = (int) file.getLong(32);
      assertEquals(PT_LOAD, file.getInt(header));
      int offset = (int) file.getLong(header + 8);
      int length = (int) file.getLong(header + 32);
      return new Loaded(
          file.getLong(24),
          file.getLong(header + 16),
          HexFormat.of().formatHex(elf, offset, offset + length));
    }
  }
}
