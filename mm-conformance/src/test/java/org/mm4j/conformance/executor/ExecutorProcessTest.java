/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.mm4j.UserAddresses;

/** Address spaces, fork, many lanes, and the end of a process as something that is observed. */
final class ExecutorProcessTest extends ExecutorFixture {
  private static final long NR_KILL = 62;
  private static final long SIGKILL = 9;

  @Test
  void nothingIsMappedButTheExecutorsArea() throws IOException {
    assertEquals(List.of(), executor.leftOver());
    List<String> maps = Files.readAllLines(executor.root().proc("maps"));
    assertEquals(3, maps.stream().filter(line -> !line.contains("[vsyscall]")).count());
  }

  @Test
  void everyUserAddressBelowTheAreaCanBeMapped() {
    map(lane, UserAddresses.LOWEST, PAGE);
    long last = ExecutorArea.RESERVED.start() - PAGE;
    map(lane, last, PAGE);
    value(lane.store(UserAddresses.LOWEST, 1, 8));
    value(lane.store(last + PAGE - 8, 2, 8));
    assertEquals(1, value(lane.load(UserAddresses.LOWEST, 8)));
    assertEquals(2, value(lane.load(last + PAGE - 8, 8)));
  }

  @Test
  void kernelPlacesMappingsAlikeInEveryRun() throws IOException {
    long first = value(lane.call(NR_MMAP, 0, PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0));
    try (NativeExecutor another = NativeExecutor.start()) {
      Lane there = another.root().newLane();
      assertEquals(
          first, value(there.call(NR_MMAP, 0, PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0)));
    }
    assertTrue(first + PAGE <= ExecutorArea.RESERVED.start());
  }

  @Test
  void forksFormATreeOfAddressSpaces() {
    map(lane, AT, PAGE);
    value(lane.store(AT, 1, 8));
    List<Lane> tree = new ArrayList<>(List.of(lane));
    for (int depth = 0; depth < 3; depth++) {
      for (Lane parent : List.copyOf(tree)) {
        tree.add(parent.fork().newLane());
      }
    }
    assertEquals(8, executor.processes().size());
    for (int i = 0; i < tree.size(); i++) {
      assertEquals(1, value(tree.get(i).load(AT, 8)), "copied from the parent");
      assertEquals(tree.get(i).process().pid(), value(tree.get(i).call(NR_GETPID)));
      value(tree.get(i).store(AT + 8, 100 + i, 8));
    }
    for (int i = 0; i < tree.size(); i++) {
      assertEquals(100 + i, value(tree.get(i).load(AT + 8, 8)), "nobody else's store is seen");
    }
    value(tree.getLast().call(NR_MUNMAP, AT, PAGE));
    assertEquals(1, value(lane.load(AT, 8)));
    signal(tree.getLast().load(AT, 8));
  }

  @Test
  void forkSharesWhatWasMappedShared() {
    long fd = value(lane.call(NR_MEMFD_CREATE, lane.scratchAddress(), 0));
    value(lane.call(NR_FTRUNCATE, fd, PAGE));
    value(lane.call(NR_MMAP, AT, PAGE, READ_WRITE, SHARED_FIXED, fd, 0));
    Lane there = lane.fork().newLane();
    value(there.store(AT, 77, 8));
    assertEquals(77, value(lane.load(AT, 8)));
    assertNotEquals(executor.root().scratchAddress(), there.process().scratchAddress());
  }

  @Test
  void manyLanesWorkAtOnce() throws Exception {
    List<Callable<Long>> work = new ArrayList<>();
    map(lane, AT, 64 * PAGE);
    for (int i = 0; i < 64; i++) {
      Lane mine = executor.root().newLane();
      long address = AT + i * PAGE;
      work.add(
          () -> {
            for (int k = 0; k < 200; k++) {
              assertEquals(mine.threadId(), value(mine.call(NR_GETTID)));
              value(mine.store(address, k, 8));
              assertEquals(k, value(mine.load(address, 8)));
            }
            return address;
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Long> done : threads.invokeAll(work)) {
        assertEquals(199, value(lane.load(done.get(), 8)));
      }
    }
  }

  @Test
  void placesOfEndedLanesAreUsedAgain() {
    for (int i = 0; i < 2 * ExecutorArea.SLOTS; i++) {
      Lane another = executor.root().newLane();
      value(another.call(NR_GETTID));
      another.end();
      assertEquals(0, another.threadId());
    }
    assertEquals(List.of(lane), executor.root().lanes());
  }

  @Test
  void thereIsAnEndOfPlaces() {
    int free = ExecutorArea.SLOTS - 2;
    for (int i = 0; i < free; i++) {
      executor.root().newLane();
    }
    assertThrows(IllegalStateException.class, () -> executor.root().newLane());
    assertThrows(IllegalStateException.class, () -> lane.fork());
    assertEquals(executor.root().pid(), value(lane.call(NR_GETPID)));
  }

  @Test
  void endOfAProcessIsObserved() throws IOException {
    ExecutorProcess child = lane.fork();
    Lane there = child.newLane();
    value(lane.call(NR_KILL, child.pid(), SIGKILL));
    assertInstanceOf(RawResult.Ended.class, untilEnded(there));
    assertFalse(child.isAlive());
    assertFalse(Files.exists(child.proc("")), "no zombie");
    assertEquals(executor.root().pid(), value(lane.call(NR_GETPID)));
  }

  private static RawResult untilEnded(Lane lane) {
    RawResult result = lane.call(NR_GETPID);
    while (result instanceof RawResult.Returned) {
      result = lane.call(NR_GETPID);
    }
    return result;
  }

  @Test
  void endOfTheFirstProcessIsObservedWhileALaneIsBusy() {
    value(lane.call(NR_PIPE2, lane.scratchAddress(), 0));
    lane.startCall(NR_READ, 3, lane.scratchAddress(), 1);
    assertInstanceOf(LaneObservation.Blocked.class, lane.awaitBlockedOrDone());
    ProcessHandle.of(executor.root().pid()).orElseThrow().destroyForcibly();
    RawResult.Ended ended = assertInstanceOf(RawResult.Ended.class, lane.await());
    assertTrue(ended.how().contains("signal 9"), ended::how);
  }

  @Test
  void forksLiveOnWithoutTheirParent() {
    ExecutorProcess child = lane.fork();
    Lane grandchild = child.newLane().fork().newLane();
    child.kill();
    assertEquals(grandchild.process().pid(), value(grandchild.call(NR_GETPID)));
    grandchild.process().exit(0);
    assertInstanceOf(RawResult.Ended.class, grandchild.call(NR_GETPID));
    assertEquals(List.of(executor.root()), executor.processes());
  }

  @Test
  void allProcessesEndWithTheFirst() {
    ExecutorProcess grandchild = lane.fork().fork();
    Lane there = grandchild.newLane();
    executor.root().kill();
    assertInstanceOf(RawResult.Ended.class, untilEnded(there));
  }

  @Test
  void forkOfTheEmptyProcessIsEmpty() throws IOException {
    for (int i = 0; i < 2 * ExecutorArea.PROCESSES; i++) {
      ExecutorProcess fresh = executor.root().fork();
      Lane there = fresh.newLane();
      signal(there.load(AT, 1));
      map(there, AT, PAGE);
      assertEquals(3, value(there.call(NR_MEMFD_CREATE, there.scratchAddress(), 0)));
      fresh.kill();
    }
  }

  @Test
  void laneOfAnEndedProcessDoesNotDisturbTheNextOne() {
    ExecutorProcess child = lane.fork();
    Lane old = child.newLane();
    value(old.call(NR_GETPID));
    child.kill();
    ExecutorProcess next = lane.fork();
    Lane fresh = next.newLane();
    assertInstanceOf(RawResult.Ended.class, old.call(NR_GETPID));
    assertEquals(next.pid(), value(fresh.call(NR_GETPID)));
  }

  @Test
  void breakingTheExecutorEndsItVisibly() {
    lane.startCall(NR_MUNMAP, ExecutorArea.RESERVED.start(), 1L << 22); // its code and its stacks
    assertInstanceOf(RawResult.Ended.class, lane.await());
  }
}
