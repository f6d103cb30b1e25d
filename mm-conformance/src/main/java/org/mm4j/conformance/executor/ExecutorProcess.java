/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One process of an executor: an address space in which nothing is mapped but the {@linkplain
 * ExecutorArea executor's own area}, and the lanes that run in it.
 *
 * <p>Thread-safe, but for the scratch memory, whose order of accesses is the caller's matter.
 */
public final class ExecutorProcess {
  private final NativeExecutor executor;
  private final ProcessHandle handle;
  private final int processIndex;
  private final MemorySegment scratch;
  private final Lane control;
  private final List<Lane> lanes = new ArrayList<>();

  ExecutorProcess(NativeExecutor executor, ProcessHandle handle, ForkPlace place) {
    this.executor = executor;
    this.handle = handle;
    this.processIndex = place.processIndex();
    this.scratch = executor.area().processScratch(place.processIndex());
    this.control = new Lane(this, place.slotIndex());
  }

  /** Returns the executor that this process belongs to. */
  public NativeExecutor executor() {
    return executor;
  }

  /** Returns the number of the process. */
  public long pid() {
    return handle.pid();
  }

  /** Returns a file below {@code /proc/<pid>}: {@code smaps}, {@code pagemap}, {@code fd/3}. */
  public Path proc(String file) {
    return Path.of("/proc/" + pid()).resolve(file);
  }

  /**
   * Returns memory that the JVM shares with this process, {@link
   * ExecutorArea#PROCESS_SCRATCH_BYTES} long. A forked process has another one.
   */
  public MemorySegment scratch() {
    return scratch;
  }

  /** Returns the address of {@link #scratch} in this process, and in every one of the executor. */
  public long scratchAddress() {
    return ExecutorArea.address(ExecutorArea.processScratchOffset(processIndex));
  }

  /**
   * Starts a thread.
   *
   * @throws IllegalStateException if the kernel refuses, the process has ended, or there are too
   *     many
   */
  public synchronized Lane newLane() {
    int slotIndex = executor.takeSlot();
    control.post(
        Operation.SPAWN,
        0,
        ExecutorArea.address(ExecutorArea.slotOffset(slotIndex)),
        ExecutorArea.stackTop(slotIndex));
    RawResult result = control.await();
    if (!(result instanceof RawResult.Returned returned) || returned.isRefused()) {
      executor.giveSlot(slotIndex);
      throw new IllegalStateException("a new lane was answered by " + result);
    }
    Lane lane = new Lane(this, slotIndex);
    lanes.add(lane);
    return lane;
  }

  /**
   * Forks the process by a thread that is none of its lanes. Otherwise as {@link Lane#fork}.
   *
   * @throws IllegalStateException if the kernel refuses, the process has ended, or there are too
   *     many
   * @throws LaneTimeoutException if it takes too long
   */
  public synchronized ExecutorProcess fork() {
    return control.fork();
  }

  /** Returns the lanes that were started and not ended. */
  public synchronized List<Lane> lanes() {
    return List.copyOf(lanes);
  }

  /** Returns whether the process is there. */
  public boolean isAlive() {
    return handle.isAlive();
  }

  /**
   * Kills the process by SIGKILL and waits until it is gone. Its forks live on, but for those of
   * the first one.
   */
  public void kill() {
    handle.destroyForcibly();
    awaitEnd();
  }

  /**
   * Lets the process exit and waits until it is gone. Its lanes may be blocked. Its forks live on,
   * but for those of the first one.
   *
   * @param status its exit status
   */
  public void exit(int status) {
    synchronized (this) {
      if (isAlive()) {
        control.post(Operation.EXIT_PROCESS, 0, status);
      }
    }
    awaitEnd();
  }

  private void awaitEnd() {
    executor.awaitEnd(this);
  }

  /** Ends a lane of this process and frees its place. */
  synchronized void end(Lane lane) {
    if (lanes.remove(lane)) {
      lane.exit(executor.limit());
      lane.leave();
    }
  }

  /** Waits until the lane that everything else is asked of has begun. */
  boolean hasBegun(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (control.threadId() == 0) {
      if (!isAlive() || System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  /** Gives back every place of a process that is gone. */
  synchronized void giveBack() {
    lanes.forEach(Lane::leave);
    lanes.clear();
    control.leave();
    executor.giveProcess(processIndex);
  }

  /** What is known about the end. */
  String obituary() {
    return executor.obituary(this);
  }

  @Override
  public String toString() {
    return "executor process " + pid();
  }
}
