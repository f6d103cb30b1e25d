/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.mm4j.AddressRange;
import org.mm4j.UserAddresses;
import org.mm4j.linux.Availability;

/**
 * A child process, and those it forks, that do on the running kernel what the JVM cannot do to
 * itself: raw system calls, faults that kill, faults that nobody answers, fixed addresses.
 *
 * <pre>{@code
 * try (NativeExecutor executor = NativeExecutor.start()) {
 *   Lane lane = executor.root().newLane();
 *   RawResult mapped = lane.call(9, address, length, 3, 0x32, -1, 0); // mmap
 *   RawResult loaded = lane.load(address, 8);
 * }
 * }</pre>
 *
 * <p>Nothing that happens there can hang or kill the JVM: every wait has a limit, and the end of a
 * process is a {@link RawResult}. The processes end with {@link #close}, and with the JVM, however
 * that ends: each of them waits for the end of a pipe that only the JVM holds open, and that it
 * closes when the first of them has ended.
 *
 * <p>Thread-safe.
 */
public final class NativeExecutor implements AutoCloseable {
  /** How long a wait lasts if nothing else is said. */
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

  private static final long POLL_NANOS = 100_000;

  private final Process program;
  private final SharedArea area;
  private final Duration limit;
  private final BitSet slots = new BitSet(ExecutorArea.SLOTS);
  private final BitSet places = new BitSet(ExecutorArea.PROCESSES);
  private final List<ExecutorProcess> processes = new ArrayList<>();
  private final ExecutorProcess root;
  private final List<AddressRange> leftOver;

  NativeExecutor(Process program, SharedArea area, Duration limit) throws IOException {
    this.program = program;
    this.area = area;
    this.limit = limit;
    slots.set(0); // where the program puts its first lane by itself, which may have begun
    places.set(0);
    this.root = new ExecutorProcess(this, program.toHandle(), new ForkPlace(0, 0));
    processes.add(root);
    this.leftOver = foreignMappings(root);
  }

  private static List<AddressRange> foreignMappings(ExecutorProcess process) throws IOException {
    List<AddressRange> foreign = new ArrayList<>();
    for (String line : Files.readAllLines(process.proc("maps"))) {
      String[] ends = line.substring(0, line.indexOf(' ')).split("-", 2);
      long start = Long.parseUnsignedLong(ends[0], 16);
      long end = Long.parseUnsignedLong(ends[1], 16);
      boolean isUsers = Long.compareUnsigned(end, UserAddresses.END) <= 0;
      if (isUsers && !ExecutorArea.contains(start, end)) {
        foreign.add(new AddressRange(start, end - start));
      }
    }
    return List.copyOf(foreign);
  }

  /** Returns whether an executor can run here, or why not. Never throws. */
  public static Availability probe() {
    return ExecutorProgram.probe();
  }

  /**
   * Starts one with the {@linkplain #DEFAULT_LIMIT usual limit}.
   *
   * @throws IOException if it does not start, with the reason
   */
  public static NativeExecutor start() throws IOException {
    return start(DEFAULT_LIMIT);
  }

  /**
   * Starts one.
   *
   * @param limit how long each wait for it lasts at most
   * @throws IOException if it does not start, with the reason
   */
  public static NativeExecutor start(Duration limit) throws IOException {
    return ExecutorProgram.start(limit);
  }

  /**
   * Returns the first process, from which all others are forked; they end with it. Who keeps it
   * empty gets a fresh address space by {@code root().fork()} at any time.
   */
  public ExecutorProcess root() {
    return root;
  }

  /** Returns the processes that have not been found ended, the first one included. */
  public synchronized List<ExecutorProcess> processes() {
    return List.copyOf(processes);
  }

  /**
   * Returns what is mapped in a fresh process outside of the executor's area; empty unless the
   * kernel does not let a process unmap the pages that it maps unasked (a sealed vdso).
   */
  public List<AddressRange> leftOver() {
    return leftOver;
  }

  /** Returns how long each wait lasts at most. */
  public Duration limit() {
    return limit;
  }

  /** Ends all processes and waits until they are gone, the youngest first. */
  @Override
  public void close() {
    for (ExecutorProcess process : processes().reversed()) {
      process.kill();
    }
    try {
      program.getOutputStream().close();
    } catch (IOException e) {
      throw new IllegalStateException("cannot close the pipe to the executor", e);
    }
  }

  SharedArea area() {
    return area;
  }

  synchronized int takeSlot() {
    int slot = take(slots, ExecutorArea.SLOTS, "lanes");
    area.slot(slot).clear();
    return slot;
  }

  synchronized void giveSlot(int slot) {
    slots.clear(slot);
  }

  /** Takes both places of a new process, or none. */
  synchronized ForkPlace takeForkPlace() {
    int process = take(places, ExecutorArea.PROCESSES, "processes");
    try {
      return new ForkPlace(process, takeSlot());
    } catch (IllegalStateException e) {
      giveProcess(process);
      throw e;
    }
  }

  synchronized void give(ForkPlace place) {
    giveProcess(place.processIndex());
    giveSlot(place.slotIndex());
  }

  synchronized void giveProcess(int process) {
    places.clear(process);
  }

  private static int take(BitSet taken, int count, String what) {
    int free = taken.nextClearBit(0);
    if (free >= count) {
      throw new IllegalStateException("an executor has no more than " + count + " " + what);
    }
    taken.set(free);
    return free;
  }

  /** Takes a process in that was forked; kills one that does not begin. */
  ExecutorProcess adopt(long pid, ForkPlace place) {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    if (handle.isPresent()) {
      ExecutorProcess forked = new ExecutorProcess(this, handle.get(), place);
      synchronized (this) {
        processes.add(forked);
      }
      if (forked.hasBegun(limit)) {
        return forked;
      }
      forked.kill();
    } else {
      give(place);
    }
    throw new IllegalStateException("the forked process " + pid + " has not begun");
  }

  /** Waits until a process is gone, and gives its places back. */
  void awaitEnd(ExecutorProcess process) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (process.isAlive()) {
      if (System.nanoTime() - deadline > 0) {
        throw new LaneTimeoutException(process + " does not end");
      }
      LockSupport.parkNanos(POLL_NANOS); // the end of a process that is not our child is not told
    }
    boolean isFirstToSee;
    synchronized (this) {
      isFirstToSee = processes.remove(process);
    }
    if (isFirstToSee) {
      process.giveBack();
    }
  }

  /** Says what is known about the end of a process that is gone. */
  String obituary(ExecutorProcess process) {
    return process != root
        ? process + " has ended"
        : process + " has ended: " + exitStatus().map(StartFailure::explain).orElse("unknown");
  }

  /** The JVM may have been told of the end, and not have said so yet. */
  private Optional<Integer> exitStatus() {
    try {
      return program.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)
          ? Optional.of(program.exitValue())
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
