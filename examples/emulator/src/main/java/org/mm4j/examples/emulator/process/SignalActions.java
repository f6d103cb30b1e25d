/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.mm4j.examples.emulator.abi.Signals;

/** What a process does about each signal. Thread-safe. */
public final class SignalActions {
  private final AtomicReferenceArray<SignalAction> actions;

  SignalActions() {
    SignalAction[] initial = new SignalAction[Signals.MAX + 1];
    Arrays.fill(initial, SignalAction.INITIAL);
    actions = new AtomicReferenceArray<>(initial);
  }

  /** Returns the action for a signal. */
  public SignalAction get(int signal) {
    return actions.get(signal);
  }

  /** Sets the action for a signal. */
  public void set(int signal, SignalAction action) {
    actions.set(signal, action);
  }

  boolean isIgnored(int signal) {
    long handler = get(signal).handler();
    return handler == SignalAction.IGNORE
        || (handler == SignalAction.DEFAULT && Signals.isIgnoredByDefault(signal));
  }
}
