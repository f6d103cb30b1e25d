/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.FillOutcome;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.UffdMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the missing pages of one range from a {@link PageSource}.
 *
 * <p>While the address space is being changed the kernel refuses to fill (EAGAIN) until the message
 * about the change has been read; so what could not be filled waits here while messages are read,
 * and is loaded again afterwards, as the change may have been about this page.
 */
public final class PageService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PageService.class);

  private final LinuxUserfaultfd userfaultfd;
  private final AddressRange range;
  private final PageSource source;
  private final boolean canPoison;
  private final SequencedSet<Long> unfilled = new LinkedHashSet<>();
  private final Thread thread;
  private volatile boolean ended;
  private final AtomicLong filledPages = new AtomicLong();

  private PageService(
      LinuxUserfaultfd userfaultfd, AddressRange range, PageSource source, boolean canPoison) {
    this.userfaultfd = userfaultfd;
    this.range = range;
    this.source = source;
    this.canPoison = canPoison;
    this.thread = Thread.ofPlatform().daemon().name("mm4j-page-service").unstarted(this::run);
  }

  static PageService start(
      LinuxUserfaultfd userfaultfd, AddressRange range, PageSource source, boolean canPoison) {
    PageService service = new PageService(userfaultfd, range, source, canPoison);
    service.thread.start();
    return service;
  }

  /** Returns how many pages were filled so far. */
  public long filledPages() {
    return filledPages.get();
  }

  private void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(Pages.SIZE_BYTES, Pages.SIZE_BYTES);
      while (!ended) {
        UffdMessage message = unfilled.isEmpty() ? userfaultfd.take() : userfaultfd.poll();
        if (message != null) {
          accept(message);
        } else {
          fillFirst(page);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("page service of {} is interrupted", range);
    } catch (IllegalStateException e) {
      LOG.debug("userfaultfd of {} is closed", range, e);
    } catch (MemoryException e) {
      LOG.error("page service of {} cannot go on", range, e);
    }
  }

  private void accept(UffdMessage message) {
    switch (message) {
      case UffdMessage.PageFault fault -> unfilled.add(Pages.alignDown(fault.address()));
      case UffdMessage.Remove remove -> source.dropped(remove.range());
      case UffdMessage.Unmap unmap -> source.dropped(unmap.range());
      case UffdMessage.Remap remap ->
          LOG.warn("served memory moved from 0x{}", Long.toHexString(remap.from()));
      case UffdMessage.Fork fork -> fork.child().close();
    }
  }

  private void fillFirst(MemorySegment page) {
    long address = unfilled.getFirst();
    FillOutcome outcome = fill(address, page);
    switch (outcome) {
      case FillOutcome.Filled filled -> filledPages.incrementAndGet();
      case FillOutcome.Retry retry -> {
        Thread.onSpinWait();
        return;
      }
      case FillOutcome.AlreadyPresent present -> wake(address);
      case FillOutcome.OutOfRange beyond -> wake(address);
      case FillOutcome.NotRegistered foreign -> wake(address);
      case FillOutcome.Gone gone -> ended = true;
    }
    unfilled.remove(address);
  }

  /** Whoever waits looks again: the page is there, or the access fails for its own reason. */
  private void wake(long address) {
    userfaultfd.wake(new AddressRange(address, Pages.SIZE_BYTES));
  }

  private FillOutcome fill(long address, MemorySegment page) {
    page.fill((byte) 0);
    try {
      source.load(address, page);
    } catch (RuntimeException e) {
      LOG.error("no content for the page at 0x{}", Long.toHexString(address), e);
      return poison(address);
    }
    try {
      return userfaultfd.copy(address, page, Set.of());
    } catch (MemoryException e) {
      if (e.errno() != Errno.ENOMEM) {
        throw e;
      }
      return new FillOutcome.Retry(0);
    }
  }

  /** Where the page cannot be poisoned, who waits for it goes on waiting. */
  private FillOutcome poison(long address) {
    return canPoison
        ? userfaultfd.poison(new AddressRange(address, Pages.SIZE_BYTES), Set.of())
        : new FillOutcome.Filled(0);
  }

  /** Stops, waits for a page that is being filled, and unregisters the range. */
  @Override
  public void close() {
    ended = true;
    thread.interrupt();
    @Nullable InterruptedException interrupted = null;
    try {
      thread.join();
    } catch (InterruptedException e) {
      interrupted = e;
    }
    try {
      userfaultfd.unregister(range);
    } catch (IllegalStateException | MemoryException e) {
      LOG.debug("{} is not registered any more", range, e);
    }
    if (interrupted != null) {
      Thread.currentThread().interrupt();
    }
  }
}
