/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.abi.Signals;
import org.mm4j.examples.emulator.elf.ElfException;
import org.mm4j.examples.emulator.elf.ElfFile;
import org.mm4j.examples.emulator.elf.ProgramLoader;
import org.mm4j.examples.emulator.file.FileTable;
import org.mm4j.examples.emulator.file.FileTree;
import org.mm4j.examples.emulator.memory.GuestMemory;

/** A process of the guest: memory, files, signals, and threads. Thread-safe. */
public final class GuestProcess {
  private static final int FIRST_ID = 1000;
  private static final int SP = 2;
  private static final long PATIENCE_MILLIS = 100;

  /** A thread that does not react to being stopped for so long is a defect of the emulator. */
  private static final int MAX_REMINDERS = 300;

  private final GuestMemory memory;
  private final FileTree tree;
  private final SystemCalls systemCalls;
  private final RandomSource random;
  private final FileTable files = new FileTable();
  private final FutexTable futexes = new FutexTable();
  private final SignalActions actions = new SignalActions();
  private final SignalState sharedSignals = new SignalState();
  private final LongAdder userfaultMessages = new LongAdder();
  private final AtomicReference<@Nullable ExitStatus> status = new AtomicReference<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile @Nullable CrashReport crash;
  private volatile String name = "guest";

  private final Object lock = new Object();

  /** Guarded by {@link #lock}. */
  private final Map<Integer, GuestThread> threads = new LinkedHashMap<>();

  /** Guarded by {@link #lock}. */
  private int nextId = FIRST_ID;

  /** Guarded by {@link #lock}. */
  private long instructionsOfEndedThreads;

  /** What the first thread gave to exit: the process's status if it is never ended as a whole. */
  private volatile int firstThreadsCode;

  /**
   * Creates a process without a program.
   *
   * @param memory its memory, empty; the caller closes it
   */
  public GuestProcess(
      GuestMemory memory, FileTree tree, SystemCalls systemCalls, RandomSource random) {
    this.memory = memory;
    this.tree = tree;
    this.systemCalls = systemCalls;
    this.random = random;
  }

  /**
   * Runs a program to its end. When it returns, no thread of the guest is left.
   *
   * @throws ElfException if arguments and environment are too long
   * @throws InterruptedException if the calling thread is interrupted; the guest is killed
   */
  public ExitStatus run(ElfFile program, List<String> arguments, List<String> environment)
      throws ElfException, InterruptedException {
    long stackPointer =
        new ProgramLoader(memory).load(program, arguments, environment, random.bytes(16));
    addThread(
            thread -> {
              thread.hart().setPc(program.entry());
              thread.hart().setRegister(SP, stackPointer);
            })
        .start();
    awaitEnd();
    files.closeAll();
    Throwable defect = failure.get();
    if (defect != null) {
      throw new IllegalStateException("the emulator failed", defect);
    }
    ExitStatus end = status.get();
    return end == null ? ExitStatus.exited(firstThreadsCode) : end;
  }

  private void awaitEnd() throws InterruptedException {
    try {
      int reminders = 0;
      synchronized (lock) {
        while (!threads.isEmpty()) {
          lock.wait(PATIENCE_MILLIS);
          if (isEnding() && !threads.isEmpty()) {
            threads.values().forEach(GuestThread::stop);
            if (++reminders > MAX_REMINDERS) {
              throw new IllegalStateException("threads do not end: " + threads.keySet());
            }
          }
        }
      }
    } catch (InterruptedException e) {
      end(ExitStatus.killed(Signals.SIGKILL));
      throw e;
    }
  }

  private GuestThread addThread(Consumer<GuestThread> prepare) {
    synchronized (lock) {
      GuestThread thread = new GuestThread(this, nextId++, prepare);
      threads.put(thread.id(), thread);
      return thread;
    }
  }

  /**
   * Starts another thread.
   *
   * @param prepare sets up its registers; runs on the new thread, before this method returns
   * @return its id
   */
  public int startThread(Consumer<GuestThread> prepare) {
    GuestThread thread = addThread(prepare);
    thread.start();
    thread.awaitRunning();
    if (isEnding()) {
      thread.stop(); // it may have come too late to be told
    }
    return thread.id();
  }

  void ended(GuestThread thread) {
    synchronized (lock) {
      threads.remove(thread.id());
      instructionsOfEndedThreads += thread.instructionsRetired();
      lock.notifyAll();
    }
  }

  /**
   * Ends a thread after its current call; with the last one the process ends. As in Linux, the
   * first thread's code is the process's then.
   */
  public void endThread(GuestThread thread, int code) {
    if (thread.id() == FIRST_ID) {
      firstThreadsCode = code;
    }
    thread.exit();
  }

  /** Ends the process, unless it ends already. */
  public void end(ExitStatus how) {
    status.compareAndSet(null, how);
    memory.user().giveUp();
    for (GuestThread thread : threads()) {
      thread.stop();
    }
  }

  /** Ends the process by a signal, unless it ends already. */
  void die(int signal, Supplier<CrashReport> report) {
    if (status.compareAndSet(null, ExitStatus.killed(signal))) {
      crash = report.get();
    }
    end(ExitStatus.killed(signal));
  }

  void fail(Throwable defect) {
    if (!isEnding()) {
      failure.compareAndSet(null, defect);
    }
    end(ExitStatus.killed(Signals.SIGKILL));
  }

  boolean isEnding() {
    return status.get() != null;
  }

  private List<GuestThread> threads() {
    synchronized (lock) {
      return new ArrayList<>(threads.values());
    }
  }

  /**
   * Sends a signal to one thread.
   *
   * @return whether there is such a thread
   */
  public boolean signalThread(int id, int signal, int code) {
    GuestThread thread;
    synchronized (lock) {
      thread = threads.get(id);
    }
    if (thread != null && signal != 0) {
      thread.post(PendingSignal.sent(signal, code, id()));
    }
    return thread != null;
  }

  /** Sends a signal to the process: a thread that does not block it takes it. */
  public void signal(int signal) {
    sharedSignals.post(PendingSignal.sent(signal, Signals.SI_USER, id()));
    threads().forEach(GuestThread::stop);
  }

  @Nullable PendingSignal takeSharedSignal(long mask) {
    synchronized (sharedSignals) {
      sharedSignals.setMask(mask);
      return sharedSignals.takeUnblocked();
    }
  }

  /** Makes every thread drop its decoded code. */
  public void flushCode() {
    threads().forEach(GuestThread::flushCode);
  }

  /** Returns its id. */
  public int id() {
    return FIRST_ID;
  }

  /** Returns the name, for {@code uname} and {@code prctl}. */
  public String name() {
    return name;
  }

  /** Sets the name. */
  public void setName(String name) {
    this.name = name;
  }

  /** Returns its memory. */
  public GuestMemory memory() {
    return memory;
  }

  /** Returns its descriptors. */
  public FileTable files() {
    return files;
  }

  /** Returns the files it can open. */
  public FileTree tree() {
    return tree;
  }

  /** Returns its futexes. */
  public FutexTable futexes() {
    return futexes;
  }

  /** Returns what it does about signals. */
  public SignalActions actions() {
    return actions;
  }

  /** Returns the signals that are pending for any thread of it. */
  public long pendingSignals() {
    return sharedSignals.pendingSet();
  }

  SystemCalls systemCalls() {
    return systemCalls;
  }

  /** Returns the source of its random bytes. */
  public RandomSource random() {
    return random;
  }

  /** Returns the counter of userfaultfd messages it has read. */
  public LongAdder userfaultMessages() {
    return userfaultMessages;
  }

  /** Returns what it looked like when a signal ended it, or null. */
  public @Nullable CrashReport crash() {
    return crash;
  }

  /** Returns how many instructions all its threads have executed. */
  public long instructionsRetired() {
    synchronized (lock) {
      long sum = instructionsOfEndedThreads;
      for (GuestThread thread : threads.values()) {
        sum += thread.instructionsRetired();
      }
      return sum;
    }
  }
}
