/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.mm4j.examples.emulator.elf.ElfException;
import org.mm4j.examples.emulator.elf.ElfFile;
import org.mm4j.examples.emulator.elf.ElfImage;
import org.mm4j.examples.emulator.machine.GuestFiles;
import org.mm4j.examples.emulator.machine.Machine;
import org.mm4j.examples.emulator.machine.MachineOptions;
import org.mm4j.examples.emulator.machine.Program;
import org.mm4j.examples.emulator.process.ExitStatus;

/**
 * A guest that makes system calls one after the other and keeps what each answered: a loop of
 * machine code over a table of numbers and arguments. Descriptors and addresses can be foreseen:
 * the first free descriptor is 3, and mappings are fixed.
 */
final class SyscallScript {
  static final int OPENAT = 56;
  static final int CLOSE = 57;
  static final int PIPE2 = 59;
  static final int LSEEK = 62;
  static final int READ = 63;
  static final int WRITE = 64;
  static final int PREAD = 67;
  static final int NEWFSTATAT = 79;
  static final int EXIT = 93;
  static final int EXIT_GROUP = 94;
  static final int FTRUNCATE = 46;
  static final int IOCTL = 29;
  static final int MUNMAP = 215;
  static final int MREMAP = 216;
  static final int CLONE = 220;
  static final int MMAP = 222;
  static final int MPROTECT = 226;
  static final int MINCORE = 232;
  static final int MADVISE = 233;
  static final int GETRANDOM = 278;
  static final int MEMFD_CREATE = 279;
  static final int USERFAULTFD = 282;
  static final int FUTEX = 98;

  static final long NOWHERE = 0x10;

  /** Memory of the program that nobody uses: 64 KiB, of zeros but for {@link #data}. */
  static final long SCRATCH = ElfImage.DATA_ADDRESS + 0x1_0000;

  private static final long RESULTS = ElfImage.DATA_ADDRESS + 0x8000;
  private static final int DATA_BYTES = 0x2_0000;
  private static final int LONGS_PER_CALL = 7;
  private static final int TABLE = 8;
  private static final int RESULT = 9;
  private static final int COUNT = 18;
  private static final int DATA_HEADER = ElfImage.HEADERS + 56;

  private final List<long[]> calls = new ArrayList<>();
  private final ByteBuffer data = ByteBuffer.allocate(DATA_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private MachineOptions options = MachineOptions.STANDARD;

  /** What a run left: what calls answered, and what the guest wrote to standard output. */
  record Answers(ExitStatus status, List<Long> results, ByteBuffer output) {
    long of(int call) {
      return results.get(call);
    }

    /** The n-th of the eight-byte words the guest wrote. */
    long word(int index) {
      return output.getLong(index * Long.BYTES);
    }
  }

  SyscallScript on(MachineOptions other) {
    options = other;
    return this;
  }

  /** Adds a call; returns its number for {@link Answers#of}. */
  int call(long number, long... arguments) {
    long[] row = new long[LONGS_PER_CALL];
    row[0] = number;
    System.arraycopy(arguments, 0, row, 1, arguments.length);
    calls.add(row);
    return calls.size() - 1;
  }

  /** Puts words into memory before the program starts. */
  SyscallScript data(long address, long... words) {
    for (int i = 0; i < words.length; i++) {
      data.putLong((int) (address - ElfImage.DATA_ADDRESS) + i * Long.BYTES, words[i]);
    }
    return this;
  }

  /** Puts a text that ends with a zero byte into memory before the program starts. */
  SyscallScript data(long address, String text) {
    data.put((int) (address - ElfImage.DATA_ADDRESS), text.getBytes(UTF_8));
    return this;
  }

  /** Adds a call that copies memory to standard output. */
  void show(long address, long length) {
    call(WRITE, 1, address, length);
  }

  Answers run() throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int own = calls.size();
    call(WRITE, 1, RESULTS, (long) own * Long.BYTES);
    call(EXIT_GROUP, 0);
    ExitStatus status = run(out);
    byte[] bytes = out.toByteArray();
    int shown = Math.max(0, bytes.length - own * Long.BYTES);
    ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Long> results = new ArrayList<>();
    for (int at = shown; at < bytes.length; at += Long.BYTES) {
      results.add(all.getLong(at));
    }
    return new Answers(
        status,
        results,
        ByteBuffer.wrap(Arrays.copyOf(bytes, shown)).order(ByteOrder.LITTLE_ENDIAN));
  }

  private ExitStatus run(OutputStream out) throws InterruptedException {
    try (Machine machine = new Machine(options, program())) {
      return machine
          .run(
              List.of(),
              new GuestFiles(InputStream.nullInputStream(), out, OutputStream.nullOutputStream()))
          .status();
    } catch (ElfException e) {
      throw new IllegalStateException(e);
    }
  }

  private Program program() throws ElfException {
    for (int i = 0; i < calls.size(); i++) {
      for (int j = 0; j < LONGS_PER_CALL; j++) {
        data.putLong((i * LONGS_PER_CALL + j) * Long.BYTES, calls.get(i)[j]);
      }
    }
    byte[] file = Arrays.copyOf(ElfImage.running(code()), ElfImage.DATA_OFFSET + DATA_BYTES);
    System.arraycopy(data.array(), 0, file, ElfImage.DATA_OFFSET, DATA_BYTES);
    ByteBuffer.wrap(file)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(DATA_HEADER + 32, DATA_BYTES)
        .putLong(DATA_HEADER + 40, DATA_BYTES);
    return new Program("script", ElfFile.parse(file), null);
  }

  private int[] code() {
    List<Integer> code = new ArrayList<>();
    code.add((int) ElfImage.DATA_ADDRESS | TABLE << 7 | 0x37); // lui
    code.add((int) RESULTS | RESULT << 7 | 0x37);
    code.add(calls.size() << 20 | COUNT << 7 | 0x13); // addi from zero
    int loop = code.size();
    int[] registers = {17, 10, 11, 12, 13, 14, 15};
    for (int i = 0; i < registers.length; i++) {
      code.add((i * Long.BYTES) << 20 | TABLE << 15 | 3 << 12 | registers[i] << 7 | 0x03); // ld
    }
    code.add(0x73); // ecall
    code.add(10 << 20 | RESULT << 15 | 3 << 12 | 0x23); // sd a0
    code.add((LONGS_PER_CALL * Long.BYTES) << 20 | TABLE << 15 | TABLE << 7 | 0x13);
    code.add(Long.BYTES << 20 | RESULT << 15 | RESULT << 7 | 0x13);
    code.add(-1 << 20 | COUNT << 15 | COUNT << 7 | 0x13);
    int back = (loop - code.size()) * Integer.BYTES;
    code.add(
        (back >> 12 & 1) << 31
            | (back >> 5 & 63) << 25
            | COUNT << 15
            | 1 << 12
            | (back >> 1 & 15) << 8
            | (back >> 11 & 1) << 7
            | 0x63); // bne to zero
    return code.stream().mapToInt(Integer::intValue).toArray();
  }
}
