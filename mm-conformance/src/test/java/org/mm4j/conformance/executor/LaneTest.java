/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What one lane does: system calls and accesses to memory. */
final class LaneTest extends ExecutorFixture {
  private static final int EBADF = 9;
  private static final int ENOSYS = 38;
  private static final int SEGV_MAPERR = 1;
  private static final int SEGV_ACCERR = 2;
  private static final int BUS_ADRERR = 2;

  @Test
  void callReturnsTheKernelsResult() {
    assertEquals(executor.root().pid(), value(lane.call(NR_GETPID)));
    assertEquals(lane.threadId(), value(lane.call(NR_GETTID)));
  }

  @Test
  void callReturnsANegativeErrno() {
    assertEquals(EBADF, errno(lane.call(NR_CLOSE, 77)));
    assertEquals(ENOSYS, errno(lane.call(100_000)));
  }

  @Test
  void callPassesSixArguments() {
    long fd = value(lane.call(NR_MEMFD_CREATE, text("six"), 0));
    value(lane.call(NR_FTRUNCATE, fd, 4 * PAGE));
    value(lane.call(NR_MMAP, AT, PAGE, READ_WRITE, SHARED_FIXED, fd, 0));
    value(lane.store(AT + 8, 42, 8));
    value(lane.call(NR_MMAP, AT + PAGE, PAGE, READ_WRITE, SHARED_FIXED, fd, 0));
    value(lane.call(NR_MMAP, AT + 2 * PAGE, PAGE, READ_WRITE, SHARED_FIXED, fd, PAGE));
    assertEquals(42, value(lane.load(AT + PAGE + 8, 8)));
    assertEquals(0, value(lane.load(AT + 2 * PAGE + 8, 8)));
  }

  @Test
  void callThatWouldEndTheLaneIsNotMade() {
    for (long number : new long[] {15, 56, 57, 58, 59, 60, 231, 322, 435}) {
      assertThrows(IllegalArgumentException.class, () -> lane.call(number));
    }
    assertEquals(executor.root().pid(), value(lane.call(NR_GETPID)));
  }

  @Test
  void batchMakesItsCallsInOrder() {
    CallBatch batch = new CallBatch();
    for (int round = 0; round < 2; round++) {
      batch.clear();
      int thread = batch.add(NR_GETTID);
      int closed = batch.add(NR_CLOSE, 77);
      for (int i = batch.size(); i < CallBatch.MAX_CALLS - 1; i++) {
        batch.add(NR_GETPID);
      }
      int mapped = batch.add(NR_MMAP, AT, PAGE, READ_WRITE, PRIVATE_ANONYMOUS_FIXED, -1, 0);
      assertEquals(CallBatch.MAX_CALLS, value(lane.call(batch)));
      assertEquals(lane.threadId(), value(batch.result(thread)));
      assertEquals(EBADF, errno(batch.result(closed)));
      assertEquals(executor.root().pid(), value(batch.result(100)));
      assertEquals(AT, value(batch.result(mapped)));
      assertThrows(IllegalStateException.class, () -> batch.add(NR_GETPID));
    }
    batch.clear();
    assertEquals(0, value(lane.call(batch)));
    assertThrows(IllegalArgumentException.class, () -> batch.add(60));
    assertThrows(IndexOutOfBoundsException.class, () -> batch.result(0));
  }

  @Test
  void loadAndStoreHaveWidths() {
    map(lane, AT, PAGE);
    value(lane.store(AT, 0x8877_6655_4433_2211L, 8));
    assertEquals(0x11, value(lane.load(AT, 1)));
    assertEquals(0x3322, value(lane.load(AT + 1, 2)));
    assertEquals(0x8877_6655L, value(lane.load(AT + 4, 4)));
    value(lane.store(AT + 3, 0xffff_ffff_ffff_ff00L, 1));
    value(lane.store(AT + 4, 0xffff_ffff_ffff_1234L, 2));
    assertEquals(0x8877_1234_0033_2211L, ((RawResult.Returned) lane.load(AT, 8)).value());
    assertThrows(IllegalArgumentException.class, () -> lane.load(AT, 3));
    assertThrows(IllegalArgumentException.class, () -> lane.store(AT, 0, 16));
  }

  @Test
  void accessToNothingIsSigsegvAndTheLaneLives() {
    RawResult.Signalled load = signal(lane.load(AT + 5, 4));
    assertEquals(new RawResult.Signalled(11, SEGV_MAPERR, AT + 5, 0), load);
    RawResult.Signalled store = signal(lane.store(AT + 9, 1, 1));
    assertEquals(new RawResult.Signalled(11, SEGV_MAPERR, AT + 9, 0), store);
    map(lane, AT, PAGE);
    assertEquals(0, value(lane.load(AT + 5, 4)));
  }

  @Test
  void storeToReadOnlyMemoryIsSigsegvOfPermission() {
    value(lane.call(NR_MMAP, AT, PAGE, 1, PRIVATE_ANONYMOUS_FIXED, -1, 0));
    assertEquals(0, value(lane.load(AT, 8)));
    assertEquals(new RawResult.Signalled(11, SEGV_ACCERR, AT, 0), signal(lane.store(AT, 1, 8)));
  }

  @Test
  void accessBeyondTheEndOfAFileIsSigbus() {
    long fd = value(lane.call(NR_MEMFD_CREATE, text("short"), 0));
    value(lane.call(NR_FTRUNCATE, fd, PAGE));
    value(lane.call(NR_MMAP, AT, 2 * PAGE, READ_WRITE, SHARED_FIXED, fd, 0));
    value(lane.store(AT, 1, 8));
    assertEquals(
        new RawResult.Signalled(7, BUS_ADRERR, AT + PAGE, 0), signal(lane.load(AT + PAGE, 8)));
  }

  @Test
  void copyGoesThroughTheJvmInPieces() {
    int length = 3 * (int) ExecutorArea.LANE_SCRATCH_BYTES + 17;
    map(lane, AT, length);
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    assertEquals(length, value(lane.copyIn(AT, MemorySegment.ofArray(bytes))));
    byte[] back = new byte[length];
    assertEquals(length, value(lane.copyOut(AT, MemorySegment.ofArray(back))));
    assertArrayEquals(bytes, back);
  }

  @Test
  void copyThatFaultsSaysHowFarItCame() {
    map(lane, AT, PAGE);
    value(lane.call(NR_MPROTECT, AT, PAGE, READ_WRITE));
    byte[] bytes = new byte[100];
    bytes[59] = 5;
    RawResult.Signalled in = signal(lane.copyIn(AT + PAGE - 60, MemorySegment.ofArray(bytes)));
    assertEquals(new RawResult.Signalled(11, SEGV_MAPERR, AT + PAGE, 60), in);
    byte[] back = new byte[100];
    RawResult.Signalled out = signal(lane.copyOut(AT + PAGE - 60, MemorySegment.ofArray(back)));
    assertEquals(60, out.bytesDone());
    assertEquals(5, back[59]);
  }

  @Test
  void scratchIsSharedMemory() {
    lane.scratch().set(ValueLayout.JAVA_LONG, 8, 7);
    assertEquals(7, value(lane.load(lane.scratchAddress() + 8, 8)));
    value(lane.store(lane.scratchAddress() + 16, 9, 8));
    assertEquals(9, lane.scratch().get(ValueLayout.JAVA_LONG, 16));
    ExecutorProcess process = executor.root();
    value(lane.store(process.scratchAddress() + ExecutorArea.PROCESS_SCRATCH_BYTES - 8, 3, 8));
    assertEquals(
        3, process.scratch().get(ValueLayout.JAVA_LONG, ExecutorArea.PROCESS_SCRATCH_BYTES - 8));
  }

  @Test
  void freeDescriptorsBeginAtThree() {
    assertEquals(3, value(lane.call(NR_MEMFD_CREATE, text("first"), 0)));
  }

  private long text(String name) {
    lane.scratch().setString(0, name);
    return lane.scratchAddress();
  }
}
