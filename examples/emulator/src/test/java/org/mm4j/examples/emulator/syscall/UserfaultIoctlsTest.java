/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mm4j.examples.emulator.syscall.SyscallScript.FTRUNCATE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.IOCTL;
import static org.mm4j.examples.emulator.syscall.SyscallScript.MEMFD_CREATE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.MMAP;
import static org.mm4j.examples.emulator.syscall.SyscallScript.NOWHERE;
import static org.mm4j.examples.emulator.syscall.SyscallScript.SCRATCH;
import static org.mm4j.examples.emulator.syscall.SyscallScript.USERFAULTFD;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.syscall.SyscallScript.Answers;

/**
 * What the ioctls of a userfaultfd store in their structures when they succeed and when they fail.
 */
final class UserfaultIoctlsTest {
  private static final long API = 0xc018aa3fL;
  private static final long REGISTER = 0xc020aa00L;
  private static final long COPY = 0xc028aa03L;
  private static final long ZEROPAGE = 0xc020aa04L;
  private static final int MEMORY_FD = 3;
  private static final int UFFD = 4;
  private static final long PAGE = 4096;
  private static final long AREA = 0x10_0000_0000L;
  private static final long PAGES = 8;
  private static final long UNTOUCHED = 0x5a5a5a5aL;
  private static final long REQUEST = SCRATCH + 0x1000;

  private final SyscallScript script = new SyscallScript();

  /** A file of 8 pages, 10 mapped and watched. */
  @BeforeEach
  void watchSomeMemory() {
    script.data(SCRATCH, "memory");
    script.data(SCRATCH + 0x100, 0xaa, 0, 0);
    script.data(SCRATCH + 0x200, AREA, (PAGES + 2) * PAGE, 1, 0);
    script.call(MEMFD_CREATE, SCRATCH, 0);
    script.call(FTRUNCATE, MEMORY_FD, PAGES * PAGE);
    script.call(MMAP, AREA, (PAGES + 2) * PAGE, 3, 0x11, MEMORY_FD, 0);
    script.call(USERFAULTFD, 0x800);
    script.call(IOCTL, UFFD, API, SCRATCH + 0x100);
    script.call(IOCTL, UFFD, REGISTER, SCRATCH + 0x200);
  }

  private static long minus(LinuxErrno errno) {
    return -errno.number();
  }

  private int copy(long request, long to, long from, long length, long mode) {
    script.data(request, to, from, length, mode, UNTOUCHED);
    return script.call(IOCTL, UFFD, COPY, request);
  }

  private void assertOneCopy(LinuxErrno errno, long field, long to, long from, long length)
      throws InterruptedException {
    int call = copy(REQUEST, to, from, length, 0);
    script.show(REQUEST + 32, 8);
    Answers answers = script.run();
    assertEquals(minus(errno), answers.of(call));
    assertEquals(field, answers.word(0));
  }

  @Test
  void aCopyStoresTheBytesItDid() throws InterruptedException {
    int call = copy(REQUEST, AREA, SCRATCH, 2 * PAGE, 0);
    script.show(REQUEST + 32, 8);
    Answers answers = script.run();
    assertEquals(0, answers.of(call));
    assertEquals(2 * PAGE, answers.word(0));
  }

  @Test
  void aPageThatIsThereIsEexistInBothPlaces() throws InterruptedException {
    copy(REQUEST + 0x100, AREA, SCRATCH, PAGE, 0);
    assertOneCopy(LinuxErrno.EEXIST, -17, AREA, SCRATCH, PAGE);
  }

  @Test
  void aCopyThatMeetsAPageStoresTheBytesBeforeAndAnswersEagain() throws InterruptedException {
    copy(REQUEST + 0x100, AREA + 2 * PAGE, SCRATCH, PAGE, 0);
    assertOneCopy(LinuxErrno.EAGAIN, 2 * PAGE, AREA, SCRATCH, 4 * PAGE);
  }

  @Test
  void anUnreadableSourceIsEfaultInBothPlaces() throws InterruptedException {
    assertOneCopy(LinuxErrno.EFAULT, -14, AREA, NOWHERE, PAGE);
  }

  @Test
  void beyondTheEndOfTheFileIsEfaultInBothPlaces() throws InterruptedException {
    assertOneCopy(LinuxErrno.EFAULT, -14, AREA + PAGES * PAGE, SCRATCH, PAGE);
  }

  @Test
  void memoryThatIsNotWatchedIsEnoentInBothPlaces() throws InterruptedException {
    assertOneCopy(LinuxErrno.ENOENT, -2, AREA + 64 * PAGE, SCRATCH, PAGE);
  }

  @Test
  void wrongArgumentsAreEinvalAndLeaveTheField() throws InterruptedException {
    assertOneCopy(LinuxErrno.EINVAL, UNTOUCHED, AREA + 1, SCRATCH, PAGE);
  }

  @Test
  void noLengthIsEinvalAndLeavesTheField() throws InterruptedException {
    assertOneCopy(LinuxErrno.EINVAL, UNTOUCHED, AREA, SCRATCH, 0);
  }

  @Test
  void aLengthThatWrapsIsEinvalAndLeavesTheField() throws InterruptedException {
    assertOneCopy(LinuxErrno.EINVAL, UNTOUCHED, AREA, SCRATCH, -PAGE);
  }

  @Test
  void anUnknownModeIsEinvalAndLeavesTheField() throws InterruptedException {
    int call = copy(REQUEST, AREA, SCRATCH, PAGE, 4);
    script.show(REQUEST + 32, 8);
    Answers answers = script.run();
    assertEquals(minus(LinuxErrno.EINVAL), answers.of(call));
    assertEquals(UNTOUCHED, answers.word(0));
  }

  /** The arguments are right, but the registration has no write protection: the field says so. */
  @Test
  void writeProtectionWithoutItsRegistrationIsEinvalInBothPlaces() throws InterruptedException {
    int call = copy(REQUEST, AREA, SCRATCH, PAGE, 2);
    script.show(REQUEST + 32, 8);
    Answers answers = script.run();
    assertEquals(minus(LinuxErrno.EINVAL), answers.of(call));
    assertEquals(-22, answers.word(0));
  }

  @Test
  void aStructureThatCannotBeReadIsEfault() throws InterruptedException {
    int call = script.call(IOCTL, UFFD, COPY, NOWHERE);
    assertEquals(minus(LinuxErrno.EFAULT), script.run().of(call));
  }

  @Test
  void aZeroPageStoresItsResultToo() throws InterruptedException {
    script.data(REQUEST, AREA, PAGE, 0, UNTOUCHED);
    script.data(REQUEST + 0x100, AREA, PAGE, 0, UNTOUCHED);
    int first = script.call(IOCTL, UFFD, ZEROPAGE, REQUEST);
    int again = script.call(IOCTL, UFFD, ZEROPAGE, REQUEST + 0x100);
    script.show(REQUEST + 24, 8);
    script.show(REQUEST + 0x118, 8);
    Answers answers = script.run();
    assertEquals(0, answers.of(first));
    assertEquals(minus(LinuxErrno.EEXIST), answers.of(again));
    assertEquals(PAGE, answers.word(0));
    assertEquals(-17, answers.word(1));
  }

  private void assertHandshakeIsRefused(long version, long features) throws InterruptedException {
    script.call(USERFAULTFD, 0x800);
    script.data(REQUEST, version, features, UNTOUCHED);
    int call = script.call(IOCTL, UFFD + 1, API, REQUEST);
    script.show(REQUEST, 24);
    Answers answers = script.run();
    assertEquals(minus(LinuxErrno.EINVAL), answers.of(call));
    for (int word = 0; word < 3; word++) {
      assertEquals(0, answers.word(word));
    }
  }

  @Test
  void aHandshakeOfAnotherVersionZeroesTheStructure() throws InterruptedException {
    assertHandshakeIsRefused(0xab, 0);
  }

  @Test
  void aHandshakeWithAnUnknownFeatureZeroesTheStructure() throws InterruptedException {
    assertHandshakeIsRefused(0xaa, 1L << 63);
  }

  @Test
  void theHandshakeNamesWhatThereIs() throws InterruptedException {
    script.show(SCRATCH + 0x110, 8);
    script.show(SCRATCH + 0x218, 8);
    Answers answers = script.run();
    assertEquals(1L << 63 | 1 | 2, answers.word(0));
    assertEquals(1 << 2 | 1 << 3 | 1 << 4, answers.word(1) & 0x1c);
  }
}
