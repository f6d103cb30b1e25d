/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.Errno;
import org.mm4j.FaultSignal;
import org.mm4j.MemoryException;
import org.mm4j.core.vma.MappedVma;
import org.mm4j.spi.FaultHandler;
import org.mm4j.spi.FaultOutcome;
import org.mm4j.spi.FaultOutcome.Settled;
import org.mm4j.spi.PageFault;
import org.mm4j.spi.VmaFlag;
import org.mm4j.spi.WaitTicket;
import org.mm4j.sync.Sync;
import org.mm4j.sync.Waiter;

/**
 * The way of a fault: mmap lock, VMA, permissions, handler; then, with no lock held, the wait if
 * the handler asks for one, and once more from the start.
 */
final class FaultPath {
  private final ProcessMemory mm;
  private final FaultHandler handler;
  private final FaultStatistics statistics;

  FaultPath(ProcessMemory mm, FaultHandler handler, FaultStatistics statistics) {
    this.mm = mm;
    this.handler = handler;
    this.statistics = statistics;
  }

  /**
   * Resolves a fault. The processor is OUTSIDE and no lock is held.
   *
   * @param userMode whether guest code faulted, rather than a system call
   * @param call the name of the call, for the message
   * @return null if there is a translation now, so that the access should be tried again, else why
   *     there will be none
   * @throws MemoryException EINTR, ESRCH or ENOMEM
   */
  @Nullable FaultSignal resolve(long address, Access access, boolean userMode, String call) {
    long nanos = 0;
    while (true) {
      long attempt = Sync.attempt();
      long start = Sync.nanoTime();
      FaultOutcome outcome;
      mm.mmapLock().lockShared();
      try {
        if (mm.isExiting()) {
          throw new MemoryException(Errno.ESRCH, call, address, "the address space is closed");
        }
        MappedVma vma = mm.layout().tree().find(address);
        FaultSignal refusal = refusal(vma, access);
        if (vma == null || refusal != null) {
          return refusal;
        }
        outcome = handler.fault(new PageFault(vma, address, access, userMode));
      } finally {
        mm.mmapLock().unlockShared();
      }
      nanos += Sync.nanoTime() - start;
      if (outcome instanceof FaultOutcome.Wait wait) {
        await(wait.ticket(), address, call);
        continue;
      }
      switch ((Settled) outcome) {
        case MAPPED -> {
          statistics.record(nanos);
          return null;
        }
        case RETRY -> Sync.retry(attempt);
        case BUS_ERROR -> {
          return FaultSignal.BUS_ADRERR;
        }
        case SEGMENTATION_FAULT -> {
          return FaultSignal.SEGV_MAPERR;
        }
        case OUT_OF_MEMORY ->
            throw new MemoryException(Errno.ENOMEM, call, address, "no memory for the page");
      }
    }
  }

  /** Stores imply loads; fetches do not, as on hardware with protection keys and on RISC-V. */
  private static @Nullable FaultSignal refusal(@Nullable MappedVma vma, Access access) {
    if (vma == null) {
      return FaultSignal.SEGV_MAPERR;
    }
    boolean permitted =
        switch (access) {
          case READ -> vma.has(VmaFlag.READ) || vma.has(VmaFlag.WRITE);
          case WRITE -> vma.has(VmaFlag.WRITE);
          case EXECUTE -> vma.has(VmaFlag.EXECUTE);
        };
    return permitted ? null : FaultSignal.SEGV_ACCERR;
  }

  private static void await(WaitTicket ticket, long address, String call) {
    try {
      ticket.await();
    } catch (InterruptedException e) {
      Waiter.restoreInterrupt();
      MemoryException interrupted =
          new MemoryException(Errno.EINTR, call, address, "interrupted while waiting for a page");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
