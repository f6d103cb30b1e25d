/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.Errno;
import org.mm4j.GuestCpu;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.Signals;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.riscv.Disassembler;
import org.mm4j.examples.emulator.riscv.Hart;
import org.mm4j.examples.emulator.riscv.Trap;

/**
 * A thread of the guest: a host thread with a hart. It owns everything here, except that others may
 * {@link #post} signals, make it {@link #stop}, and ask for {@link #instructionsRetired}.
 */
public final class GuestThread {
  private static final int A0 = 10;
  private static final int A7 = 17;
  private static final int RETURN_FROM_HANDLER = 139;

  /** A call that was interrupted, and how to make it again. */
  private record InterruptedCall(long number, long pc, long firstArgument) {}

  private final GuestProcess process;
  private final int id;
  private final SignalState signals = new SignalState();
  private final CountDownLatch isRunning = new CountDownLatch(1);
  private final Thread host;

  private volatile @Nullable Hart hart;
  private @Nullable GuestCpu cpu;
  private long clearedWhenEnded;
  private boolean hasExited;
  private @Nullable InterruptedCall interruptedCall;

  GuestThread(GuestProcess process, int id, Consumer<GuestThread> prepare) {
    this.process = process;
    this.id = id;
    this.host =
        Thread.ofPlatform().name("guest thread " + id).daemon().unstarted(() -> run(prepare));
  }

  void start() {
    host.start();
  }

  /** Waits until the new thread has taken over what it was given. */
  void awaitRunning() {
    boolean isInterrupted = false;
    while (true) {
      try {
        isRunning.await();
        break;
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Consumer<GuestThread> prepare) {
    try (GuestCpu ownCpu = process.memory().space().newCpu()) {
      cpu = ownCpu;
      hart = new Hart(ownCpu);
      prepare.accept(this);
      isRunning.countDown();
      loop(hart());
      clearWhenEnded();
    } catch (RuntimeException | Error failure) {
      process.fail(failure);
    } finally {
      isRunning.countDown();
      process.ended(this);
    }
  }

  private void loop(Hart hart) {
    while (true) {
      Thread.interrupted(); // whoever interrupted has said before why
      if (process.isEnding() || hasExited || !deliverSignals(hart)) {
        return;
      }
      Trap trap;
      try {
        trap = hart.run();
      } catch (MemoryException failure) {
        dieOf(failure);
        return;
      }
      switch (trap) {
        case ENVIRONMENT_CALL -> makeCall(hart);
        case BREAKPOINT -> fault(Signals.SIGTRAP, Signals.TRAP_BRKPT, hart.pc(), null);
        case ILLEGAL_INSTRUCTION -> fault(Signals.SIGILL, Signals.ILL_ILLOPC, hart.pc(), null);
        case MEMORY_FAULT ->
            fault(
                hart.faultSignal().signal(),
                hart.faultSignal().code(),
                hart.faultAddress(),
                hart.faultAccess());
        case INTERRUPTED, STOP_REQUESTED -> {}
      }
    }
  }

  private void makeCall(Hart hart) {
    long number = hart.register(A7);
    long pc = hart.pc();
    long firstArgument = hart.register(A0);
    hart.skipTrappedInstruction();
    hart.clearReservation();
    long result = process.systemCalls().call(this);
    hart.setRegister(A0, result);
    if (result == -LinuxErrno.EINTR.number() && number != RETURN_FROM_HANDLER) {
      interruptedCall = new InterruptedCall(number, pc, firstArgument);
    }
  }

  /** Without memory for a page the guest is killed, as by Linux's OOM killer. */
  private void dieOf(MemoryException failure) {
    if (failure.errno() != Errno.ENOMEM) {
      throw failure;
    }
    die(PendingSignal.fault(Signals.SIGKILL, 0, failure.offendingValue(), null));
  }

  /** A fault of the current instruction: a blocked or ignored signal ends the process. */
  private void fault(int signal, int code, long address, @Nullable Access access) {
    PendingSignal fault = PendingSignal.fault(signal, code, address, access);
    SignalAction action = process.actions().get(signal);
    if (action.hasHandler() && (signals.mask() & Signals.bit(signal)) == 0) {
      runHandler(hart(), fault, action);
    } else {
      die(fault);
    }
  }

  /** Returns false if the process ends. */
  private boolean deliverSignals(Hart hart) {
    boolean runsHandler = false;
    for (PendingSignal signal = takeSignal(); signal != null; signal = takeSignal()) {
      SignalAction action = process.actions().get(signal.signal());
      if (action.hasHandler() && Signals.canBeCaught(signal.signal())) {
        runHandler(hart, signal, action);
        runsHandler = true;
      } else if (!process.actions().isIgnored(signal.signal())) {
        die(signal);
        return false;
      }
    }
    if (!runsHandler) {
      makeInterruptedCallAgain(hart);
      signals.endCallMask();
    }
    interruptedCall = null;
    return !process.isEnding();
  }

  private @Nullable PendingSignal takeSignal() {
    PendingSignal own = signals.takeUnblocked();
    return own != null ? own : process.takeSharedSignal(signals.mask());
  }

  private void runHandler(Hart hart, PendingSignal signal, SignalAction action) {
    if (interruptedCall != null
        && action.restartsCalls()
        && process.systemCalls().isRestarted(interruptedCall.number())) {
      makeInterruptedCallAgain(hart);
    }
    interruptedCall = null;
    try {
      SignalFrame.push(hart, process.memory().user(), signals, signal, action);
    } catch (MemoryException noStack) {
      if (noStack.errno() != Errno.EINTR || !process.isEnding()) {
        die(signal);
      }
      return;
    }
    signals.setMask(
        signals.mask()
            | action.mask()
            | (action.blocksItself() ? Signals.bit(signal.signal()) : 0));
    if (action.isForOnce()) {
      process.actions().set(signal.signal(), SignalAction.INITIAL);
    }
  }

  private void makeInterruptedCallAgain(Hart hart) {
    InterruptedCall call = interruptedCall;
    if (call != null) {
      hart.setPc(call.pc());
      hart.setRegister(A0, call.firstArgument());
    }
  }

  /** A signal that was sent is told of only if it leaves a core dump in Linux. */
  private void die(PendingSignal signal) {
    if (signal.sender() != 0 && !Signals.dumpsCore(signal.signal())) {
      process.end(ExitStatus.killed(signal.signal()));
      return;
    }
    process.die(
        signal.signal(),
        () ->
            new CrashReport(
                signal.signal(),
                signal.code(),
                signal.address(),
                signal.access(),
                signal.sender(),
                id,
                hart().pc(),
                describeInstruction(),
                hart().toString(),
                process.memory().space().mappings()));
  }

  private String describeInstruction() {
    try {
      long pc = hart().pc();
      int low = Short.toUnsignedInt(cpu().fetchShort(pc));
      boolean isCompressed = (low & 3) != 3;
      int bits = isCompressed ? low : low | cpu().fetchShort(pc + 2) << 16;
      return Disassembler.disassemble(pc, bits);
    } catch (MemoryAccessException | MemoryException e) {
      return "not readable";
    }
  }

  /** Returns from a handler: the registers are those of the frame. */
  public long returnFromHandler() {
    SignalFrame.pop(hart(), process.memory().user(), signals);
    interruptedCall = null;
    return hart().register(A0);
  }

  /**
   * Blocks exactly these signals during the current call.
   *
   * @throws InterruptedException if one is pending that is not blocked any more
   */
  public void blockForOneCall(long mask) throws InterruptedException {
    signals.setMaskForOneCall(mask);
    long pending = signals.pendingSet() | process.pendingSignals();
    if ((pending & ~signals.mask()) != 0) {
      throw new InterruptedException();
    }
  }

  /** Tells the thread about a signal, waking it if it waits. From any thread. */
  void post(PendingSignal signal) {
    signals.post(signal);
    stop();
  }

  /** Makes the thread look at what there is to do. From any thread. */
  void stop() {
    Hart running = hart;
    if (running != null) {
      running.requestStop();
    }
    host.interrupt();
  }

  /** Makes the thread drop its decoded code. From any thread. */
  void flushCode() {
    Hart running = hart;
    if (running != null) {
      running.requestCodeFlush();
    }
  }

  /** Ends the thread after the current call. */
  public void exit() {
    hasExited = true;
  }

  /** Sets the word that is cleared, and whose waiters are woken, when the thread has ended. */
  public void setClearedWhenEnded(long address) {
    clearedWhenEnded = address;
  }

  private void clearWhenEnded() {
    if (clearedWhenEnded == 0 || process.isEnding()) {
      return;
    }
    try {
      cpu().storeInt(clearedWhenEnded, 0);
      process.futexes().wake(process.memory().futexKey(clearedWhenEnded, false), 1, -1);
      process.futexes().wake(process.memory().futexKey(clearedWhenEnded, true), 1, -1);
    } catch (MemoryAccessException | MemoryException | SyscallException unmapped) {
      // As in Linux: nobody is told.
    }
  }

  /** Returns the process. */
  public GuestProcess process() {
    return process;
  }

  /** Returns the thread's id. */
  public int id() {
    return id;
  }

  /** Returns the hart. */
  public Hart hart() {
    Hart own = hart;
    if (own == null) {
      throw new IllegalStateException("the thread does not run yet");
    }
    return own;
  }

  /** Returns the processor. */
  public GuestCpu cpu() {
    GuestCpu own = cpu;
    if (own == null) {
      throw new IllegalStateException("the thread does not run yet");
    }
    return own;
  }

  /** Returns the thread's signals. */
  public SignalState signals() {
    return signals;
  }

  /** Returns how many instructions it has executed. From any thread. */
  public long instructionsRetired() {
    Hart running = hart;
    return running == null ? 0 : running.instructionsRetired();
  }

  boolean isAlive() {
    return host.isAlive();
  }
}
