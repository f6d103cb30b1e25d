/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random blocks of instructions leave the registers, flags and memory that they leave in
 * qemu-riscv64.
 *
 * <p>What qemu printed is kept as one digest per block in {@code random-blocks.txt}, so the test
 * needs no qemu. {@code -Dmm4j.qemu.record=FILE} runs qemu again and writes the digests to a file;
 * {@code -Dmm4j.seed=N} makes that a single program with another seed.
 */
class RandomProgramTest {
  private static final String RECORDING = "random-blocks.txt";
  private static final int BLOCKS_PER_PROGRAM = 250;
  private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L);
  private static final int DIGEST_BYTES = 6;

  @Test
  void hartAgreesWithTheRecordingOfQemu() throws IOException {
    InputStream in = RandomProgramTest.class.getResourceAsStream(RECORDING);
    assertNotNull(in, RECORDING);
    int programs = 0;
    try (BufferedReader recording =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = recording.readLine(); line != null; line = recording.readLine()) {
        if (line.startsWith("seed ")) {
          long seed = Long.parseLong(line.substring(5));
          compare(seed, recording);
          programs++;
        }
      }
    }
    assertEquals(SEEDS.size(), programs);
  }

  private static void compare(long seed, BufferedReader recording) throws IOException {
    byte[] output = runInHart(new RandomProgram(seed, BLOCKS_PER_PROGRAM));
    for (int block = 0; block < BLOCKS_PER_PROGRAM; block++) {
      String expected = recording.readLine();
      int number = block;
      assertEquals(
          expected,
          digest(output, block),
          () -> "-Dmm4j.seed=" + seed + " block " + number + describe(output, number));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "mm4j.qemu.record", matches = ".+")
  void recordWhatQemuDoes() throws IOException, InterruptedException {
    Long single = Long.getLong("mm4j.seed");
    List<String> lines = new ArrayList<>();
    lines.add("# qemu-riscv64: digest of what each random block prints");
    for (long seed : single == null ? SEEDS : List.of(single)) {
      RandomProgram program = new RandomProgram(seed, BLOCKS_PER_PROGRAM);
      byte[] expected = runInQemu(program);
      lines.add("seed " + seed);
      for (int block = 0; block < BLOCKS_PER_PROGRAM; block++) {
        lines.add(digest(expected, block));
      }
      byte[] actual = runInHart(program);
      for (int block = 0; block < BLOCKS_PER_PROGRAM; block++) {
        assertEquals(
            describe(expected, block), describe(actual, block), "seed " + seed + " block " + block);
      }
    }
    Files.write(Path.of(System.getProperty("mm4j.qemu.record")), lines);
  }

  private static byte[] runInQemu(RandomProgram program) throws IOException, InterruptedException {
    Path executable = Files.createTempFile("random-blocks", ".elf");
    try {
      Files.write(executable, program.elf());
      executable.toFile().setExecutable(true);
      Process qemu =
          new ProcessBuilder("qemu-riscv64", executable.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      byte[] output = qemu.getInputStream().readAllBytes();
      assertEquals(0, qemu.waitFor());
      return output;
    } finally {
      Files.delete(executable);
    }
  }

  /** The two system calls that the program makes are write and exit. */
  private static byte[] runInHart(RandomProgram program) {
    FlatMemoryCpu cpu = new FlatMemoryCpu(RandomProgram.CODE, 1 << 25);
    cpu.write(RandomProgram.CODE, program.code());
    cpu.write(RandomProgram.DATA, program.data());
    Hart hart = new Hart(cpu);
    hart.setPc(RandomProgram.CODE);
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    while (true) {
      assertEquals(Trap.ENVIRONMENT_CALL, hart.run(), hart::toString);
      if (hart.register(17) == 93) {
        return output.toByteArray();
      }
      output.writeBytes(cpu.read(hart.register(11), (int) hart.register(12)));
      hart.setRegister(10, hart.register(12));
      hart.skipTrappedInstruction();
    }
  }

  private static String digest(byte[] output, int block) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(output, block * RandomProgram.OUTPUT_BYTES, RandomProgram.OUTPUT_BYTES);
      return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), DIGEST_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The registers in readable form; the scratch memory as words. */
  private static String describe(byte[] output, int block) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < RandomProgram.OUTPUT_BYTES; i += 8) {
      text.append(i % 64 == 0 ? "\n" : " ").append(RandomProgram.nameOfOutput(i)).append('=');
      int at = block * RandomProgram.OUTPUT_BYTES + i;
      for (int b = 7; b >= 0; b--) {
        text.append(HexFormat.of().toHexDigits(output[at + b]));
      }
    }
    return text.toString();
  }
}
