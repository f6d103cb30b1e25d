/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mm4j.linux.LinuxFeature;

/** Lanes that wait in the kernel for somebody else. */
final class BlockedLaneTest extends ExecutorFixture {
  private static final long UFFDIO_API = 0xc018aa3fL;
  private static final long UFFDIO_REGISTER = 0xc020aa00L;
  private static final long UFFDIO_COPY = 0xc028aa03L;
  private static final long API_VERSION = 0xaa;
  private static final long MODE_MISSING = 1;
  private static final long FEATURE_EVENT_FORK = 1 << 1;
  private static final int EVENT_FORK = 0x13;
  private static final long NOT_BLOCKING = 0x800;
  private static final long BUFFER = 4096;
  private static final int EAGAIN = 11;

  @Test
  void unansweredFaultBlocksAndACopyReleasesIt() {
    map(lane, AT, 2 * PAGE);
    long uffd = userfaultfd(0);
    Lane faulting = executor.root().newLane();
    for (int page = 0; page < 2; page++) {
      faulting.startLoad(AT + page * PAGE, 8);
      LaneObservation.Blocked blocked =
          assertInstanceOf(LaneObservation.Blocked.class, faulting.awaitBlockedOrDone());
      assertTrue(blocked.isUserfault(), blocked::toString);
      assertEquals(-1, blocked.systemCall());
      assertEquals(Optional.empty(), faulting.poll());
      lane.scratch().set(JAVA_LONG, BUFFER, 41 + page);
      ioctl(uffd, UFFDIO_COPY, AT + page * PAGE, lane.scratchAddress() + BUFFER, PAGE, 0, 0);
      assertEquals(41 + page, value(faulting.await()));
    }
  }

  @Test
  void faultOfASystemCallBlocksInThatCall() {
    map(lane, AT, PAGE);
    long uffd = userfaultfd(0);
    Lane faulting = executor.root().newLane();
    value(lane.call(NR_PIPE2, lane.scratchAddress(), 0));
    int to = lane.scratch().get(JAVA_INT, 4);
    faulting.startCall(NR_WRITE, to, AT, 8);
    LaneObservation.Blocked blocked =
        assertInstanceOf(LaneObservation.Blocked.class, faulting.awaitBlockedOrDone());
    assertEquals(new LaneObservation.Blocked("handle_userfault", NR_WRITE), blocked);
    ioctl(uffd, UFFDIO_COPY, AT, lane.scratchAddress() + BUFFER, PAGE, 0, 0);
    assertEquals(8, value(faulting.await()));
  }

  @Test
  void forkWaitsForItsMessageToBeRead() {
    map(lane, AT, PAGE);
    long uffd = userfaultfd(FEATURE_EVENT_FORK);
    Lane forking = executor.root().newLane();
    forking.startFork();
    LaneObservation.Blocked blocked =
        assertInstanceOf(LaneObservation.Blocked.class, forking.awaitBlockedOrDone());
    assertTrue(blocked.waitChannel().startsWith("userfaultfd_event"), blocked::toString);
    assertEquals(32, value(lane.call(NR_READ, uffd, lane.scratchAddress(), 32)));
    assertEquals(EVENT_FORK, lane.scratch().get(JAVA_BYTE, 0));
    ExecutorProcess child = forking.forked(forking.await());
    assertEquals(child.pid(), value(child.newLane().call(NR_GETPID)));
  }

  @Test
  void sleepInASystemCallIsBlocked() {
    value(lane.call(NR_PIPE2, lane.scratchAddress(), 0));
    int from = lane.scratch().get(JAVA_INT, 0);
    int to = lane.scratch().get(JAVA_INT, 4);
    Lane reader = executor.root().newLane();
    reader.startCall(NR_READ, from, reader.scratchAddress(), 1);
    LaneObservation.Blocked blocked =
        assertInstanceOf(LaneObservation.Blocked.class, reader.awaitBlockedOrDone());
    assertEquals(NR_READ, blocked.systemCall());
    value(lane.call(NR_WRITE, to, lane.scratchAddress(), 1));
    assertEquals(1, value(reader.await()));
  }

  @Test
  void callThatReturnsIsDone() {
    for (int i = 0; i < 1000; i++) {
      lane.startCall(NR_GETPID);
      assertEquals(
          new LaneObservation.Done(new RawResult.Returned(executor.root().pid())),
          lane.awaitBlockedOrDone());
    }
  }

  @Test
  void longCallIsNotMistakenForABlockedOne() {
    map(lane, AT, 64L << 20);
    lane.startCall(NR_MADVISE, AT, 64L << 20, 23); // MADV_POPULATE_WRITE
    assertEquals(new LaneObservation.Done(new RawResult.Returned(0)), lane.awaitBlockedOrDone());
  }

  @Test
  void everyWaitHasALimit() throws IOException {
    try (NativeExecutor hasty = NativeExecutor.start(Duration.ofMillis(300))) {
      Lane reader = hasty.root().newLane();
      Lane writer = hasty.root().newLane();
      value(writer.call(NR_PIPE2, writer.scratchAddress(), 0));
      int from = writer.scratch().get(JAVA_INT, 0);
      int to = writer.scratch().get(JAVA_INT, 4);
      assertThrows(
          LaneTimeoutException.class, () -> reader.call(NR_READ, from, reader.scratchAddress(), 1));
      assertThrows(IllegalStateException.class, () -> reader.call(NR_GETPID), "still busy");
      value(writer.call(NR_WRITE, to, writer.scratchAddress(), 1));
      assertEquals(1, value(reader.await()));
    }
  }

  @Test
  void blockedLaneDoesNotKeepTheProcessFromExiting() {
    map(lane, AT, PAGE);
    userfaultfd(0);
    Lane faulting = executor.root().newLane();
    faulting.startLoad(AT, 1);
    assertInstanceOf(LaneObservation.Blocked.class, faulting.awaitBlockedOrDone());
    executor.root().exit(0);
    assertInstanceOf(RawResult.Ended.class, faulting.await());
  }

  /** A userfaultfd that watches the first two pages for missing ones. */
  private long userfaultfd(long features) {
    require(LinuxFeature.USERFAULTFD);
    long uffd = value(lane.call(NR_USERFAULTFD, NOT_BLOCKING));
    ioctl(uffd, UFFDIO_API, API_VERSION, features, 0);
    long length = isUnmapped(AT + PAGE) ? PAGE : 2 * PAGE;
    ioctl(uffd, UFFDIO_REGISTER, AT, length, MODE_MISSING, 0);
    assertEquals(EAGAIN, errno(lane.call(NR_READ, uffd, lane.scratchAddress(), 32)));
    return uffd;
  }

  private boolean isUnmapped(long address) {
    return errno(lane.call(27, address, PAGE, lane.scratchAddress())) != 0; // mincore
  }

  private void ioctl(long uffd, long request, long... words) {
    MemorySegment.copy(words, 0, lane.scratch(), JAVA_LONG, 0, words.length);
    value(lane.call(NR_IOCTL, uffd, request, lane.scratchAddress()));
  }
}
