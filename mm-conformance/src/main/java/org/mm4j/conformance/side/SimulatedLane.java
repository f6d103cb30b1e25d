/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressSpace;
import org.mm4j.GuestCpu;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;
import org.mm4j.conformance.scenario.Outcome;
import org.mm4j.sync.Waiter;

/**
 * A guest thread of the simulation: a host thread with a processor of its own.
 *
 * <p>It waits for a userfaultfd if and only if it is parked on a {@link Waiter} that nobody has
 * woken: whoever wakes it sets the waiter before its own call returns, so that a thread that was
 * woken and has not run yet is not taken for one that waits.
 */
final class SimulatedLane {
  private final AddressSpace space;
  private final BlockingQueue<Supplier<Outcome>> calls = new LinkedTransferQueue<>();
  private final Thread thread;
  private volatile @Nullable Outcome result;
  private boolean busy;
  private boolean ending; // of the lane's thread
  private volatile @Nullable Thread starter;
  private @Nullable GuestCpu cpu;

  /** What a lane is doing. */
  enum State {
    IDLE,
    RUNNING,
    WAITING
  }

  SimulatedLane(String name, AddressSpace space) {
    this.space = space;
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::work);
  }

  /** Returns the processor; for calls, on this lane's thread. */
  GuestCpu cpu() {
    if (cpu == null) {
      cpu = space.newCpu();
    }
    return cpu;
  }

  /** Starts a call. The lane is idle. */
  void start(Supplier<Outcome> call) {
    result = null;
    busy = true;
    starter = Thread.currentThread();
    calls.add(call);
  }

  /** Takes note of a call that the driving thread made in this lane's name: it cannot wait. */
  void finish(Outcome outcome) {
    result = outcome;
    busy = true;
  }

  State state() {
    if (!busy || result != null) {
      return State.IDLE;
    }
    boolean waits =
        thread.getState() == Thread.State.WAITING
            && LockSupport.getBlocker(thread) instanceof Waiter waiter
            && !waiter.isWoken();
    return waits && result == null ? State.WAITING : State.RUNNING;
  }

  /** Takes the result of the call that was started, or returns null if there is none yet. */
  @Nullable Outcome takeResult() {
    Outcome taken = busy ? result : null;
    if (taken != null) {
      busy = false;
    }
    return taken;
  }

  StackTraceElement[] stack() {
    return thread.getStackTrace();
  }

  /** Ends the thread; if it waits, its space must be closed. */
  void end() {
    calls.add(
        () -> {
          ending = true;
          return Outcome.OK;
        });
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      while (!ending) {
        result = outcomeOf(calls.take());
        LockSupport.unpark(starter);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (cpu != null) {
        cpu.close();
      }
    }
  }

  /** Anything else that is thrown is an outcome as well: one that the running kernel never has. */
  static Outcome outcomeOf(Supplier<Outcome> call) {
    try {
      return call.get();
    } catch (MemoryException e) {
      return Outcome.refused(e.errno());
    } catch (MemoryAccessException e) {
      return Outcome.signal(e.signal().signal(), e.signal().code(), e.address());
    } catch (RuntimeException | Error e) {
      return new Outcome("threw " + e);
    }
  }
}
