/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A thread of an executor's process: it takes one request after the other, a system call or an
 * access to memory.
 *
 * <p>Each request is either made and waited for ({@code call}, {@code load}, ...), or started
 * ({@code startCall}, ...), watched ({@link #poll}, {@link #awaitBlockedOrDone}) and ended by
 * {@link #await}. Every wait has the executor's limit. Whatever happens to the lane is a {@link
 * RawResult}; only a lane that neither answers nor ends in time is an exception.
 *
 * <p>Not thread-safe: a lane belongs to one Java thread at a time. Different lanes are independent.
 */
public final class Lane {
  /** Calls that would take the lane's own thread or process away under it, by x86-64 number. */
  private static final Set<Long> OWN_CALLS =
      Set.of(
          15L, // rt_sigreturn
          56L, // clone
          57L, // fork
          58L, // vfork
          59L, // execve
          60L, // exit
          231L, // exit_group
          322L, // execveat
          435L); // clone3

  private static final int MAX_ARGUMENTS = 6;

  private final ExecutorProcess process;
  private final int slotIndex;
  private final PendingRequest request;
  private final MemorySegment scratch;
  private final MemorySegment bounce;
  private @Nullable ForkPlace forking;

  Lane(ExecutorProcess process, int slotIndex) {
    this.process = process;
    this.slotIndex = slotIndex;
    SharedArea area = process.executor().area();
    this.request = new PendingRequest(process, area.slot(slotIndex));
    this.scratch = area.laneScratch(slotIndex);
    this.bounce = area.laneBounce(slotIndex);
  }

  /** Returns the process whose thread this is. */
  public ExecutorProcess process() {
    return process;
  }

  /** Returns the thread's number, or 0 if it has ended. */
  public int threadId() {
    return request.threadId();
  }

  /**
   * Returns memory that the JVM and the lane share, {@link ExecutorArea#LANE_SCRATCH_BYTES} long,
   * for structures and buffers of system calls. No request uses it on its own.
   */
  public MemorySegment scratch() {
    return scratch;
  }

  /** Returns the address of {@link #scratch} in the process, and in every process. */
  public long scratchAddress() {
    return ExecutorArea.address(ExecutorArea.laneScratchOffset(slotIndex));
  }

  /**
   * Makes a system call and waits for its end.
   *
   * @param number the call's number on the running architecture
   * @param arguments up to six
   * @throws IllegalArgumentException for calls that would end, replace or fork the lane itself
   * @throws LaneTimeoutException if it has not returned within the limit; it is still under way
   *     then
   */
  public RawResult call(long number, long... arguments) {
    startCall(number, arguments);
    return await();
  }

  /**
   * Makes the system calls of a batch, in order.
   *
   * @return how many, or {@link RawResult.Ended}; what each of them returned is in the batch
   * @throws LaneTimeoutException if they have not returned within the limit
   */
  public RawResult call(CallBatch batch) {
    batch.writeTo(bounce);
    post(Operation.SYSTEM_CALLS, 0, bounceAddress(), batch.size());
    RawResult result = await();
    batch.readFrom(bounce);
    return result;
  }

  /**
   * Loads a little-endian value.
   *
   * @param width 1, 2, 4 or 8 bytes
   */
  public RawResult load(long address, int width) {
    startLoad(address, width);
    return await();
  }

  /**
   * Stores a little-endian value.
   *
   * @param width 1, 2, 4 or 8 bytes
   */
  public RawResult store(long address, long value, int width) {
    startStore(address, value, width);
    return await();
  }

  /** Copies from one address of the process to another, upwards, byte by byte. */
  public RawResult copy(long destination, long source, long lengthBytes) {
    startCopy(destination, source, lengthBytes);
    return await();
  }

  /** Writes to the process's memory as its own code would. */
  public RawResult copyIn(long address, MemorySegment bytes) {
    long done = 0;
    long there = bounceAddress();
    RawResult result = new RawResult.Returned(0);
    while (done < bytes.byteSize() && result instanceof RawResult.Returned) {
      long part = Math.min(bytes.byteSize() - done, bounce.byteSize());
      MemorySegment.copy(bytes, done, bounce, 0, part);
      result = plus(done, copy(address + done, there, part));
      done += part;
    }
    return result;
  }

  /** Reads the process's memory as its own code would. What was read before a signal is there. */
  public RawResult copyOut(long address, MemorySegment into) {
    long done = 0;
    long there = bounceAddress();
    RawResult result = new RawResult.Returned(0);
    while (done < into.byteSize() && result instanceof RawResult.Returned) {
      long part = Math.min(into.byteSize() - done, bounce.byteSize());
      RawResult copied = copy(there, address + done, part);
      MemorySegment.copy(bounce, 0, into, done, bytesDone(copied));
      result = plus(done, copied);
      done += part;
    }
    return result;
  }

  private long bounceAddress() {
    return ExecutorArea.address(ExecutorArea.laneBounceOffset(slotIndex));
  }

  private static long bytesDone(RawResult copied) {
    return switch (copied) {
      case RawResult.Returned returned -> returned.value();
      case RawResult.Signalled signalled -> signalled.bytesDone();
      case RawResult.Ended ended -> 0;
    };
  }

  private static RawResult plus(long before, RawResult copied) {
    return switch (copied) {
      case RawResult.Returned returned -> new RawResult.Returned(before + returned.value());
      case RawResult.Signalled signalled ->
          new RawResult.Signalled(
              signalled.signal(),
              signalled.code(),
              signalled.address(),
              before + signalled.bytesDone());
      case RawResult.Ended ended -> ended;
    };
  }

  /**
   * Starts {@link #call}.
   *
   * @throws IllegalArgumentException for calls that would end, replace or fork the lane itself
   */
  public void startCall(long number, long... arguments) {
    requireHarmless(number, arguments);
    post(Operation.SYSTEM_CALL, number, arguments);
  }

  static void requireHarmless(long number, long[] arguments) {
    if (OWN_CALLS.contains(number)) {
      throw new IllegalArgumentException("a lane does not make the system call " + number);
    }
    if (arguments.length > MAX_ARGUMENTS) {
      throw new IllegalArgumentException("a system call has six arguments at most");
    }
  }

  /** Starts {@link #load}. */
  public void startLoad(long address, int width) {
    post(Operation.LOAD, 0, address, checkWidth(width));
  }

  /** Starts {@link #store}. */
  public void startStore(long address, long value, int width) {
    post(Operation.STORE, 0, address, checkWidth(width), value);
  }

  /** Starts {@link #copy}. */
  public void startCopy(long destination, long source, long lengthBytes) {
    post(Operation.COPY, 0, destination, source, lengthBytes);
  }

  private static long checkWidth(int width) {
    if (width < 1 || width > Long.BYTES || Integer.bitCount(width) != 1) {
      throw new IllegalArgumentException("width " + width + " is not 1, 2, 4 or 8");
    }
    return width;
  }

  /**
   * Forks the process. The copy has no lanes; it shares scratch memory and what was mapped shared.
   *
   * @throws IllegalStateException if the kernel refuses, the process has ended, or there are too
   *     many
   * @throws LaneTimeoutException if it takes too long, for instance because a userfaultfd waits for
   *     its fork message to be read
   */
  public ExecutorProcess fork() {
    startFork();
    return forked(await());
  }

  /** Starts {@link #fork}; {@link #await} returns the copy's number, {@link #forked} the copy. */
  public void startFork() {
    ForkPlace place = process.executor().takeForkPlace();
    try {
      post(
          Operation.FORK,
          0,
          ExecutorArea.address(ExecutorArea.slotOffset(place.slotIndex())),
          ExecutorArea.stackTop(place.slotIndex()));
    } catch (IllegalStateException e) {
      process.executor().give(place);
      throw e;
    }
    forking = place;
  }

  /**
   * Returns the process that {@link #startFork} has made.
   *
   * @param result what {@link #await} returned
   * @throws IllegalStateException if that is not a process
   */
  public ExecutorProcess forked(RawResult result) {
    ForkPlace place = forking;
    if (place == null) {
      throw new IllegalStateException("no fork was started");
    }
    forking = null;
    if (!(result instanceof RawResult.Returned returned) || returned.isRefused()) {
      process.executor().give(place);
      throw new IllegalStateException("the fork was answered by " + result);
    }
    return process.executor().adopt(returned.value(), place);
  }

  /** Returns the result of the started request if it has ended; the lane is free then. */
  public Optional<RawResult> poll() {
    return request.poll();
  }

  /**
   * Waits for the end of the started request, at most the executor's limit.
   *
   * @throws LaneTimeoutException if it has not ended; it is still under way then
   */
  public RawResult await() {
    return await(process.executor().limit());
  }

  /**
   * Waits for the end of the started request.
   *
   * @throws LaneTimeoutException if it has not ended; it is still under way then
   */
  public RawResult await(Duration limit) {
    return request.await(limit);
  }

  /**
   * Waits until the started request has ended or the lane waits for somebody else: for a userfault
   * to be answered, or asleep in the same place of the kernel for a while (20 ms where a signal
   * would end the sleep, a second where none would).
   *
   * <p>A lane that is found blocked is still under way: {@link #poll}, {@link #await} and this
   * method go on with it.
   *
   * @throws LaneTimeoutException if neither is seen within the executor's limit
   */
  public LaneObservation awaitBlockedOrDone() {
    return request.awaitBlockedOrDone(process.executor().limit());
  }

  /**
   * Ends the thread. It must have no request. Requests from then on are answered by {@link
   * RawResult.Ended}.
   */
  public void end() {
    process.end(this);
  }

  void post(Operation operation, long number, long... arguments) {
    request.post(operation, number, arguments);
  }

  /** Marks the lane as gone and lets another one have its place. */
  void leave() {
    request.leave();
    process.executor().giveSlot(slotIndex);
  }

  /** Sends the thread away and waits until it is gone. */
  void exit(Duration limit) {
    request.exit(limit);
  }

  @Override
  public String toString() {
    return "lane " + slotIndex + ", " + request;
  }
}
