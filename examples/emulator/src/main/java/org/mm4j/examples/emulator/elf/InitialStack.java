/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.elf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.mm4j.Pages;
import org.mm4j.examples.emulator.memory.MemoryLayout;
import org.mm4j.examples.emulator.memory.Struct;

/**
 * The stack a program starts on: from the stack pointer upwards the argument count, the arguments,
 * the environment, the auxiliary vector, and then what these point to.
 */
final class InitialStack {
  private static final int AT_PHDR = 3;
  private static final int AT_PHENT = 4;
  private static final int AT_PHNUM = 5;
  private static final int AT_PAGESZ = 6;
  private static final int AT_ENTRY = 9;
  private static final int AT_UID = 11;
  private static final int AT_EUID = 12;
  private static final int AT_GID = 13;
  private static final int AT_EGID = 14;
  private static final int AT_HWCAP = 16;
  private static final int AT_CLKTCK = 17;
  private static final int AT_SECURE = 23;
  private static final int AT_RANDOM = 25;
  private static final int AT_EXECFN = 31;

  /** Letters of RV64IMAFDC, as bits. */
  private static final long HWCAP = letters("IMAFDC");

  private static final long CLOCK_TICKS = 100;
  private static final int ALIGNMENT = 16;

  /** Arguments and environment together: a quarter of the stack, as in Linux. */
  private static final long MAX_BYTES = MemoryLayout.STACK_BYTES / 4;

  private final List<byte[]> strings = new ArrayList<>();
  private final List<Long> words = new ArrayList<>();
  private final long pointer;
  private final byte[] bytes;

  InitialStack(ElfFile program, List<String> arguments, List<String> environment, byte[] random)
      throws ElfException {
    long top = MemoryLayout.STACK_END;
    long randomAddress = top -= random.length;
    strings.add(random);
    List<Long> argumentAddresses = new ArrayList<>();
    for (String argument : arguments) {
      top = push(argument, top);
      argumentAddresses.add(top);
    }
    List<Long> environmentAddresses = new ArrayList<>();
    for (String variable : environment) {
      top = push(variable, top);
      environmentAddresses.add(top);
    }
    words.add((long) arguments.size());
    words.addAll(argumentAddresses);
    words.add(0L);
    words.addAll(environmentAddresses);
    words.add(0L);
    auxiliary(AT_PHDR, program.headersAddress());
    auxiliary(AT_PHENT, ElfFile.HEADER_BYTES);
    auxiliary(AT_PHNUM, program.headerCount());
    auxiliary(AT_PAGESZ, Pages.SIZE_BYTES);
    auxiliary(AT_ENTRY, program.entry());
    auxiliary(AT_UID, 0);
    auxiliary(AT_EUID, 0);
    auxiliary(AT_GID, 0);
    auxiliary(AT_EGID, 0);
    auxiliary(AT_HWCAP, HWCAP);
    auxiliary(AT_CLKTCK, CLOCK_TICKS);
    auxiliary(AT_SECURE, 0);
    auxiliary(AT_RANDOM, randomAddress);
    auxiliary(AT_EXECFN, argumentAddresses.isEmpty() ? 0 : argumentAddresses.getFirst());
    auxiliary(0, 0);
    pointer = top - (long) words.size() * Long.BYTES & -ALIGNMENT;
    if (MemoryLayout.STACK_END - pointer > MAX_BYTES) {
      throw new ElfException("arguments and environment are too long (2 MiB at most)");
    }
    bytes = layOut();
  }

  private static long letters(String extensions) {
    return extensions.chars().mapToLong(letter -> 1L << (letter - 'A')).sum();
  }

  private long push(String text, long top) {
    byte[] characters = text.getBytes(StandardCharsets.UTF_8);
    byte[] terminated = new byte[characters.length + 1];
    System.arraycopy(characters, 0, terminated, 0, characters.length);
    strings.add(terminated);
    return top - terminated.length;
  }

  private void auxiliary(int type, long value) {
    words.add((long) type);
    words.add(value);
  }

  private byte[] layOut() {
    Struct image = new Struct((int) (MemoryLayout.STACK_END - pointer));
    for (int i = 0; i < words.size(); i++) {
      image.setLong(i * Long.BYTES, words.get(i));
    }
    int end = (int) (MemoryLayout.STACK_END - pointer);
    for (byte[] string : strings) {
      end -= string.length;
      image.setBytes(end, string);
    }
    return image.toBytes();
  }

  long pointer() {
    return pointer;
  }

  byte[] bytes() {
    return bytes;
  }
}
