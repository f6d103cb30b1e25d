/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.userfaultfd;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.FillFlag;
import org.mm4j.FillOutcome;
import org.mm4j.MemoryException;
import org.mm4j.UffdFeature;
import org.mm4j.UffdFlag;
import org.mm4j.UffdMessage;
import org.mm4j.UffdMode;
import org.mm4j.UffdOperation;
import org.mm4j.Userfaultfd;
import org.mm4j.spi.FaultOutcome;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.PageFault;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.spi.Vma;
import org.mm4j.sync.WordField;

/**
 * A userfaultfd (Linux: {@code userfaultfd_ctx}): towards its holder the operations, towards core
 * the watcher of the VMAs it arms.
 *
 * <p>Its state is one word: {@code CREATED → READY → CLOSED}, and the features of the handshake
 * above it.
 */
final class UserfaultContext implements Userfaultfd, UserfaultWatcher {
  /** The features this kernel has. */
  private static final Set<UffdFeature> FEATURES =
      Set.of(UffdFeature.MISSING_SHMEM, UffdFeature.SIGBUS, UffdFeature.EXACT_ADDRESS);

  private static final long CREATED = 0;
  private static final long READY = 1;
  private static final long CLOSED = 2;
  private static final long STATE_MASK = 3;
  private static final int FEATURE_SHIFT = 2;
  private static final WordField STATE =
      WordField.of(MethodHandles.lookup(), UserfaultContext.class, "state");

  private final MemoryDescriptor mm;
  private final boolean userModeOnly;
  private final FaultQueue faults = new FaultQueue();
  private final Registration registration;
  private final PageFilling filling;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  @SuppressWarnings("unused") // accessed through STATE
  private long state = CREATED;

  UserfaultContext(MemoryDescriptor mm, Set<UffdFlag> flags) {
    this.mm = mm;
    this.userModeOnly = flags.contains(UffdFlag.USER_MODE_ONLY);
    this.registration = new Registration(mm, this);
    this.filling = new PageFilling(mm, faults);
  }

  FaultQueue faults() {
    return faults;
  }

  // ---------------------------------------------------------------- the holder's side

  @Override
  public Set<UffdFeature> handshake(Set<UffdFeature> wanted) {
    requireOpen();
    long features = 0;
    for (UffdFeature feature : wanted) {
      if (!FEATURES.contains(feature)) {
        throw new MemoryException(
            Errno.EINVAL,
            "UFFDIO_API",
            feature.bit(),
            feature + " is not a feature of this kernel");
      }
      features |= feature.bit();
    }
    if (!STATE.compareAndSet(this, CREATED, READY | features << FEATURE_SHIFT)) {
      requireOpen();
      throw new MemoryException(Errno.EINVAL, "UFFDIO_API", features, "the handshake was done");
    }
    return EnumSet.copyOf(FEATURES);
  }

  @Override
  public Set<UffdOperation> register(AddressRange range, Set<UffdMode> modes) {
    requireReady("UFFDIO_REGISTER");
    return registration.register(range, modes);
  }

  @Override
  public void unregister(AddressRange range) {
    requireReady("UFFDIO_UNREGISTER");
    registration.unregister(range);
  }

  @Override
  public FillOutcome copy(long address, MemorySegment source, Set<FillFlag> flags) {
    requireReady("UFFDIO_COPY");
    return filling.fill(
        "UFFDIO_COPY",
        new AddressRange(address, source.byteSize()),
        PageFilling.from(source),
        flags);
  }

  @Override
  public FillOutcome copy(long address, long sourceAddress, long lengthBytes, Set<FillFlag> flags) {
    requireReady("UFFDIO_COPY");
    return filling.fill(
        "UFFDIO_COPY",
        new AddressRange(address, lengthBytes),
        GuestSource.of(mm, sourceAddress, lengthBytes),
        flags);
  }

  @Override
  public FillOutcome zero(AddressRange range, Set<FillFlag> flags) {
    requireReady("UFFDIO_ZEROPAGE");
    if (flags.contains(FillFlag.WRITE_PROTECT)) {
      throw new MemoryException(
          Errno.EINVAL, "UFFDIO_ZEROPAGE", range.start(), "there is no such mode");
    }
    return filling.fill("UFFDIO_ZEROPAGE", range, PageFilling.zeros(), flags);
  }

  @Override
  public void wake(AddressRange range) {
    requireReady("UFFDIO_WAKE");
    UffdRange.require("UFFDIO_WAKE", range);
    faults.wake(range);
  }

  @Override
  public @Nullable UffdMessage poll() {
    requireReady("read");
    return faults.poll();
  }

  @Override
  public UffdMessage take() throws InterruptedException {
    requireReady("read");
    return faults.take();
  }

  @Override
  public boolean isReadable() {
    requireReady("poll");
    return faults.isReadable();
  }

  @Override
  public AutoCloseable onReadable(Runnable listener) {
    requireOpen();
    listeners.add(listener);
    if (faults.isReadable()) {
      listener.run();
    }
    return () -> listeners.remove(listener);
  }

  @Override
  public String describe() {
    requireOpen();
    StringBuilder text = new StringBuilder(faults.describe());
    mm.mmapLock().lockShared();
    try {
      for (Vma vma : registration.watched()) {
        text.append("range: ").append(vma.range()).append('\n');
      }
    } finally {
      mm.mmapLock().unlockShared();
    }
    return text.toString();
  }

  @Override
  public void close() {
    long before = STATE.getAcquire(this);
    while ((before & STATE_MASK) != CLOSED) {
      if (STATE.compareAndSet(this, before, CLOSED)) {
        try {
          registration.release();
        } finally {
          faults.close(); // whatever went wrong: nobody else will wake those who wait
          listeners.clear();
        }
        return;
      }
      before = STATE.getAcquire(this);
    }
  }

  // ---------------------------------------------------------------- core's side

  @Override
  public FaultOutcome missing(PageFault fault) {
    long now = STATE.getAcquire(this);
    if ((now & STATE_MASK) == CLOSED) {
      return FaultOutcome.Settled.RETRY; // close() is about to disarm the VMA
    }
    if (has(now, UffdFeature.SIGBUS) || (userModeOnly && !fault.userMode())) {
      return FaultOutcome.Settled.BUS_ERROR;
    }
    long address = has(now, UffdFeature.EXACT_ADDRESS) ? fault.address() : fault.pageAddress();
    long flags = fault.access() == Access.WRITE ? UffdMessage.PageFault.FLAG_WRITE : 0;
    BlockedFault blocked =
        new BlockedFault(faults, fault.pageAddress(), new UffdMessage.PageFault(address, flags, 0));
    if (!faults.add(blocked)) {
      return FaultOutcome.Settled.RETRY;
    }
    // Queued first, looked at second: whoever maps the page after this look wakes us.
    if (mm.entry(fault.pageAddress()) != MemoryDescriptor.EntryState.NONE) {
      faults.remove(blocked);
      return FaultOutcome.Settled.RETRY;
    }
    faults.announce();
    boolean told = false;
    try {
      listeners.forEach(Runnable::run);
      told = true;
    } finally {
      if (!told) {
        faults.remove(blocked); // its thread will not wait
      }
    }
    return new FaultOutcome.Wait(blocked);
  }

  @Override
  public boolean hasWaiters() {
    return faults.hasWaiters();
  }

  @Override
  public void addressSpaceExits(MemoryDescriptor exiting) {
    faults.wakeAll();
  }

  @Override
  public String toString() {
    return "userfaultfd of address space " + mm.id();
  }

  private static boolean has(long state, UffdFeature feature) {
    return (state >>> FEATURE_SHIFT & feature.bit()) != 0;
  }

  private void requireOpen() {
    if ((STATE.getAcquire(this) & STATE_MASK) == CLOSED) {
      throw new IllegalStateException("the userfaultfd is closed");
    }
  }

  private void requireReady(String call) {
    requireOpen();
    if ((STATE.getAcquire(this) & STATE_MASK) == CREATED) {
      throw new MemoryException(Errno.EINVAL, call, 0, "there was no handshake yet");
    }
  }
}
