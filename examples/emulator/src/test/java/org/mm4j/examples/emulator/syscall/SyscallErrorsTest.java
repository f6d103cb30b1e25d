/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mm4j.examples.emulator.syscall.SyscallScript.CLONE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.CLOSE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.EXIT;
import static org.mm4j.examples.emulator.syscall.SyscallScript.FTRUNCATE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.FUTEX;
import static org.mm4j.examples.emulator.syscall.SyscallScript.GETRANDOM;
import static org.mm4j.examples.emulator.syscall.SyscallScript.LSEEK;
import static org.mm4j.examples.emulator.syscall.SyscallScript.MADVISE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.MEMFD_CREATE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.MINCORE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.MMAP;
import static org.mm4j.examples.emulator.syscall.SyscallScript.MPROTECT;
import static org.mm4j.examples.emulator.syscall.SyscallScript.MUNMAP;
import static org.mm4j.examples.emulator.syscall.SyscallScript.NOWHERE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.PIPE2;
import static org.mm4j.examples.emulator.syscall.SyscallScript.PREAD;
import static org.mm4j.examples.emulator.syscall.SyscallScript.READ;
import static org.mm4j.examples.emulator.syscall.SyscallScript.SCRATCH;
import static org.mm4j.examples.emulator.syscall.SyscallScript.WRITE;

import org.junit.jupiter.api.Test;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.syscall.SyscallScript.Answers;

/**
 * Bad addresses, huge lengths, negative descriptors: the errno of Linux, and nothing else changed.
 */
final class SyscallErrorsTest {
  private static final long AREA = 0x10_0000_0000L;
  private static final long PAGE = 4096;
  private static final long THREAD = 0x100 | 0x800 | 0x10000;

  private final SyscallScript script = new SyscallScript().data(SCRATCH, "file");

  private static long minus(LinuxErrno errno) {
    return -errno.number();
  }

  private void newFile(long bytes) {
    script.call(MEMFD_CREATE, SCRATCH, 0);
    script.call(FTRUNCATE, 3, bytes);
  }

  @Test
  void aReadThatCannotBeGivenLeavesThePosition() throws InterruptedException {
    newFile(PAGE);
    int read = script.call(READ, 3, NOWHERE, 100);
    int position = script.call(LSEEK, 3, 0, 1);
    Answers answers = script.run();
    assertEquals(minus(LinuxErrno.EFAULT), answers.of(read));
    assertEquals(0, answers.of(position));
  }

  @Test
  void aReadIntoTheEndOfAMappingIsPartial() throws InterruptedException {
    newFile(3 * PAGE);
    script.call(MMAP, AREA, PAGE, 3, 0x32, -1, 0);
    int read = script.call(READ, 3, AREA + PAGE - 10, 100);
    int position = script.call(LSEEK, 3, 0, 1);
    Answers answers = script.run();
    assertEquals(10, answers.of(read));
    assertEquals(10, answers.of(position));
  }

  @Test
  void aWriteFromTheEndOfAMappingIsPartial() throws InterruptedException {
    newFile(0);
    script.call(MMAP, AREA, PAGE, 3, 0x32, -1, 0);
    int write = script.call(WRITE, 3, AREA + PAGE - 10, 100);
    int nothing = script.call(WRITE, 3, NOWHERE, 100);
    int size = script.call(LSEEK, 3, 0, 2);
    Answers answers = script.run();
    assertEquals(10, answers.of(write));
    assertEquals(minus(LinuxErrno.EFAULT), answers.of(nothing));
    assertEquals(10, answers.of(size));
  }

  @Test
  void lengthsBeyondTheLimitsAreEinval() throws InterruptedException {
    newFile(PAGE);
    int read = script.call(READ, 3, SCRATCH + 0x100, -1);
    int write = script.call(WRITE, 3, SCRATCH + 0x100, Long.MIN_VALUE);
    int offset = script.call(PREAD, 3, SCRATCH + 0x100, 8, -1);
    int size = script.call(FTRUNCATE, 3, -1);
    Answers answers = script.run();
    for (int call : new int[] {read, write, offset, size}) {
      assertEquals(minus(LinuxErrno.EINVAL), answers.of(call));
    }
  }

  @Test
  void descriptorsThatCannotBeAreEbadf() throws InterruptedException {
    int[] calls = {
      script.call(READ, -1, SCRATCH, 1),
      script.call(READ, Integer.MIN_VALUE, SCRATCH, 1),
      script.call(CLOSE, 1024),
      script.call(CLOSE, -1),
      script.call(FTRUNCATE, 77, 0),
      script.call(MMAP, 0, PAGE, 3, 1, -1, 0)
    };
    Answers answers = script.run();
    for (int call : calls) {
      assertEquals(minus(LinuxErrno.EBADF), answers.of(call));
    }
  }

  @Test
  void aPipeWhoseDescriptorsCannotBeToldIsNotThere() throws InterruptedException {
    int pipe = script.call(PIPE2, NOWHERE, 0);
    int next = script.call(MEMFD_CREATE, SCRATCH, 0);
    Answers answers = script.run();
    assertEquals(minus(LinuxErrno.EFAULT), answers.of(pipe));
    assertEquals(3, answers.of(next));
  }

  @Test
  void rangesThatWrapWhenTheyAreRoundedUpAreRefused() throws InterruptedException {
    script.call(MMAP, AREA, PAGE, 3, 0x32, -1, 0);
    int mprotect = script.call(MPROTECT, AREA, -1, 1);
    int mincore = script.call(MINCORE, AREA, -1, SCRATCH + 0x100);
    int munmap = script.call(MUNMAP, AREA, -1);
    int madvise = script.call(MADVISE, AREA, -1, 4);
    Answers answers = script.run();
    assertEquals(minus(LinuxErrno.ENOMEM), answers.of(mprotect));
    assertEquals(minus(LinuxErrno.ENOMEM), answers.of(mincore));
    assertEquals(minus(LinuxErrno.EINVAL), answers.of(munmap));
    assertEquals(minus(LinuxErrno.EINVAL), answers.of(madvise));
  }

  /** The answer would be 8 GiB long: it is written piece by piece until there is no more room. */
  @Test
  void theResidencyOfMoreThanAnArrayHoldsIsEfaultWhereTheAnswerEnds() throws InterruptedException {
    int map = script.call(MMAP, 0x20_0000_0000L, 1L << 45, 0, 0x4032, -1, 0);
    int mincore = script.call(MINCORE, 0x20_0000_0000L, 1L << 45, SCRATCH + 0x100);
    Answers answers = script.run();
    assertEquals(0x20_0000_0000L, answers.of(map));
    assertEquals(minus(LinuxErrno.EFAULT), answers.of(mincore));
  }

  @Test
  void randomBytesWithoutEndAreSome() throws InterruptedException {
    int bytes = script.call(GETRANDOM, NOWHERE, -1, 0);
    assertEquals(minus(LinuxErrno.EFAULT), script.run().of(bytes));
  }

  @Test
  void aFutexNobodyCanReadIsEfault() throws InterruptedException {
    int wait = script.call(FUTEX, NOWHERE & -4, 128, 0, 0);
    int unaligned = script.call(FUTEX, SCRATCH + 1, 128, 0, 0);
    Answers answers = script.run();
    assertEquals(minus(LinuxErrno.EFAULT), answers.of(wait));
    assertEquals(minus(LinuxErrno.EINVAL), answers.of(unaligned));
  }

  /** Both threads go through the rest of the table, and both end the process in the same way. */
  @Test
  void aThreadWhoseIdCannotBeToldRunsAllTheSame() throws InterruptedException {
    script.call(CLONE, THREAD | 0x100000 | 0x1000000, 0, NOWHERE, 0, NOWHERE);
    assertEquals(0, script.run().status().shellStatus());
  }

  /**
   * The child has the parent's registers, so both exit; whoever is last, the first one's counts.
   */
  @Test
  void theFirstThreadsCodeIsTheProcesssIfAllExit() throws InterruptedException {
    script.call(CLONE, THREAD, 0, 0, 0, 0);
    script.call(EXIT, 7);
    assertEquals(7, script.run().status().shellStatus());
  }
}
