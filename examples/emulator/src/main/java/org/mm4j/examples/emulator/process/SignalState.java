/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.abi.Signals;

/**
 * The signals of one thread: what is blocked, what is pending, the alternate stack. Others may post
 * to it; everything else belongs to the thread.
 */
public final class SignalState {
  private static final long UNBLOCKABLE =
      Signals.bit(Signals.SIGKILL) | Signals.bit(Signals.SIGSTOP);
  private static final int STACK_DISABLED = 2;
  private static final int STACK_IN_USE = 1;

  private final Object lock = new Object();

  /** A signal is pending once at most. Guarded by {@link #lock}. */
  private final Map<Integer, PendingSignal> pending = new LinkedHashMap<>();

  private long mask;
  private @Nullable Long maskToRestore;
  private long stackStart;
  private long stackBytes;
  private boolean hasStack;

  /** Returns the blocked signals. */
  public long mask() {
    return mask;
  }

  /** Blocks exactly these signals. */
  public void setMask(long blocked) {
    mask = blocked & ~UNBLOCKABLE;
  }

  /** Blocks exactly these until a handler has run, or the call is over without one. */
  void setMaskForOneCall(long blocked) {
    maskToRestore = mask;
    setMask(blocked);
  }

  /** The mask that a handler's return brings back. */
  long takeMaskToRestore() {
    long before = maskToRestore == null ? mask : maskToRestore;
    maskToRestore = null;
    return before;
  }

  void endCallMask() {
    mask = takeMaskToRestore();
  }

  /** Returns the pending signals. */
  public long pendingSet() {
    long set = 0;
    synchronized (lock) {
      for (int signal : pending.keySet()) {
        set |= Signals.bit(signal);
      }
    }
    return set;
  }

  void post(PendingSignal signal) {
    synchronized (lock) {
      pending.putIfAbsent(signal.signal(), signal);
    }
  }

  @Nullable PendingSignal takeUnblocked() {
    synchronized (lock) {
      for (Iterator<PendingSignal> i = pending.values().iterator(); i.hasNext(); ) {
        PendingSignal signal = i.next();
        if ((mask & Signals.bit(signal.signal())) == 0) {
          i.remove();
          return signal;
        }
      }
    }
    return null;
  }

  /** Sets the alternate stack. */
  public void setStack(long start, long bytes, boolean isEnabled) {
    stackStart = start;
    stackBytes = bytes;
    hasStack = isEnabled;
  }

  /** Returns where the alternate stack is. */
  public long stackStart() {
    return stackStart;
  }

  /** Returns how large the alternate stack is. */
  public long stackBytes() {
    return stackBytes;
  }

  /** Returns SS_DISABLE, SS_ONSTACK or 0. */
  public int stackFlags(long stackPointer) {
    return !hasStack ? STACK_DISABLED : isOnStack(stackPointer) ? STACK_IN_USE : 0;
  }

  /** Returns whether a stack pointer lies on the alternate stack. */
  public boolean isOnStack(long stackPointer) {
    return hasStack && Long.compareUnsigned(stackPointer - stackStart, stackBytes) <= 0;
  }

  /** The stack pointer to put a handler's frame below. */
  long frameTop(long stackPointer, boolean wantsAlternate) {
    return wantsAlternate && hasStack && !isOnStack(stackPointer)
        ? stackStart + stackBytes
        : stackPointer;
  }
}
