/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.memory.FutexKey;

/** Waiting and waking, one by one. */
final class FutexTableTest {
  private static final FutexKey KEY = new FutexKey("process", 0x1000);
  private static final FutexKey OTHER = new FutexKey("process", 0x2000);
  private static final int ANY = -1;

  private final FutexTable futexes = new FutexTable();
  private final AtomicInteger word = new AtomicInteger(7);

  private FutureTask<String> start(Callable<String> body) {
    FutureTask<String> task = new FutureTask<>(body);
    Thread.ofPlatform().daemon().start(task);
    return task;
  }

  private FutureTask<String> startWaiter(int bits) {
    return start(
        () -> {
          futexes.await(KEY, bits, word::get, 7, FutexTable.FOREVER);
          return "woken";
        });
  }

  private void wakeOne(FutexKey key, int bits) {
    while (futexes.wake(key, 1, bits) == 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anotherValueIsEagain() {
    SyscallException refused =
        assertThrows(
            SyscallException.class,
            () -> futexes.await(KEY, ANY, word::get, 8, FutexTable.FOREVER));
    assertEquals(LinuxErrno.EAGAIN, refused.errno());
    assertEquals(0, futexes.wake(KEY, 1, ANY));
  }

  @Test
  void timeRunsOut() {
    SyscallException refused =
        assertThrows(SyscallException.class, () -> futexes.await(KEY, ANY, word::get, 7, 1000));
    assertEquals(LinuxErrno.ETIMEDOUT, refused.errno());
    assertEquals(0, futexes.wake(KEY, 1, ANY));
  }

  @Test
  void aWaiterIsWoken() throws Exception {
    FutureTask<String> waiter = startWaiter(ANY);
    wakeOne(KEY, ANY);
    assertEquals("woken", waiter.get(10, TimeUnit.SECONDS));
  }

  @Test
  void bitsChoose() throws Exception {
    FutureTask<String> waiter = startWaiter(2);
    assertEquals(0, futexes.wake(KEY, 1, 1));
    wakeOne(KEY, 2);
    assertEquals("woken", waiter.get(10, TimeUnit.SECONDS));
  }

  @Test
  void aRequeuedWaiterWaitsElsewhere() throws Exception {
    FutureTask<String> waiter = startWaiter(ANY);
    while (futexes.requeue(KEY, OTHER, 0, 1) == 0) {
      Thread.onSpinWait();
    }
    assertEquals(0, futexes.wake(KEY, 1, ANY));
    assertEquals(1, futexes.wake(OTHER, 1, ANY));
    assertEquals("woken", waiter.get(10, TimeUnit.SECONDS));
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    FutureTask<String> task =
        new FutureTask<>(
            () -> {
              assertThrows(
                  InterruptedException.class,
                  () -> futexes.await(KEY, ANY, word::get, 7, FutexTable.FOREVER));
              return "interrupted";
            });
    Thread thread = Thread.ofPlatform().daemon().start(task);
    thread.interrupt();
    assertEquals("interrupted", task.get(10, TimeUnit.SECONDS));
    assertEquals(0, futexes.wake(KEY, 1, ANY));
  }

  /** What is stored before a wake-up is seen by whoever goes to sleep: nobody sleeps for ever. */
  @Test
  void noWakeUpIsLost() throws Exception {
    for (int round = 0; round < 2000; round++) {
      word.set(7);
      FutureTask<String> waiter =
          start(
              () -> {
                while (word.get() == 7) {
                  try {
                    futexes.await(KEY, ANY, word::get, 7, FutexTable.FOREVER);
                  } catch (SyscallException changed) {
                    assertEquals(LinuxErrno.EAGAIN, changed.errno());
                  }
                }
                return "woken";
              });
      word.set(8);
      futexes.wake(KEY, 1, ANY);
      assertTrue("woken".equals(waiter.get(10, TimeUnit.SECONDS)), "round " + round);
    }
  }
}
