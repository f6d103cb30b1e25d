/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.MapRequest;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.Pin;
import org.mm4j.ScanResult;
import org.mm4j.UffdMode;
import org.mm4j.Userfaultfd;
import org.mm4j.spi.AuditedSystem;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.PageCache;
import org.mm4j.testkit.ForwardingSession;

/**
 * A kernel with one memory file of one huge page, mapped twice: by a guest, who may watch its
 * mapping with a userfaultfd, and by another address space, through which it is collapsed.
 *
 * <p>Operations are in {@link Operations}; each writes what it was asked and answered into the
 * journal, which the monitors read. For one run; not for several threads at once, except for tasks
 * of the explorer.
 */
public final class World implements AutoCloseable {
  private static final long OTHER_ADDRESS = 0x1000_0000L;
  private static final long GUEST_ADDRESS = 0x4000_0000L;

  private final WorldPlan plan;
  private final MemorySystem system;
  private final MemoryFile file;
  private final AddressSpace guest;
  private final AddressSpace other;
  private final Userfaultfd userfaultfd;
  private final PageCache cache;
  private final HoleLedger ledger;
  private final Journal journal;
  private final List<Pin> pins = new ArrayList<>();

  /** Builds the world of a plan on the next kernel of a source. */
  World(WorldPlan plan, KernelSource kernels) {
    this.plan = plan;
    system = kernels.next(this::observe);
    system.hugePages().tunables(system.hugePages().tunables().withPace(1, 0));
    file = system.createMemoryFile("file", Set.of());
    cache = ((MappableFile) file).mapping().pageCache();
    other = system.newAddressSpace();
    guest = system.newAddressSpace();
    fillFile();
    mapTwice();
    userfaultfd = guest.userfaultfd(Set.of());
    userfaultfd.handshake(Set.of());
    if (plan.armed()) {
      userfaultfd.register(guestRange(), Set.of(UffdMode.MISSING));
    }
    ledger = new HoleLedger(plan, cache);
    journal = new Journal(ledger);
  }

  private void fillFile() {
    int pages = plan.size().pages();
    file.truncate((long) pages * Pages.SIZE_BYTES);
    for (int page = 0; page < pages; page++) {
      if (plan.pattern().isAllocated(page)) {
        file.allocate(offset(page), Pages.SIZE_BYTES);
      } else if (plan.pattern().isPresent(page)) {
        file.write(offset(page), segmentOf(initialStamp(page)));
      }
    }
  }

  private void mapTwice() {
    other.map(
        MapRequest.shared(file, 0, (long) plan.size().pages() * Pages.SIZE_BYTES)
            .at(OTHER_ADDRESS));
    other.advise(otherRange(), Advice.HUGEPAGE); // else khugepaged passes it over
    int first = plan.watched().firstPage(plan.size().pages());
    guest.map(
        MapRequest.shared(file, offset(first), guestRange().lengthBytes())
            .at(guestRange().start()));
    for (int page = 0; page < plan.size().pages(); page++) {
      if (plan.pattern().isMapped(page)) {
        guest.read(guestAddress(page), segmentOf(0));
      }
    }
  }

  // ---------------------------------------------------------------- what operations use

  /** Returns how it began. */
  public WorldPlan plan() {
    return plan;
  }

  /** Returns the kernel. */
  public MemorySystem system() {
    return system;
  }

  /** Returns the file. */
  public MemoryFile file() {
    return file;
  }

  /** Returns the address space that may watch its mapping. */
  public AddressSpace guest() {
    return guest;
  }

  /** Returns the address space through which the file is collapsed. */
  public AddressSpace other() {
    return other;
  }

  /** Returns the guest's userfaultfd. */
  public Userfaultfd userfaultfd() {
    return userfaultfd;
  }

  /** Returns the page cache of the file. */
  public PageCache pageCache() {
    return cache;
  }

  /** Returns the whole mapping of the guest. */
  public AddressRange guestRange() {
    int pages = plan.size().pages();
    return new AddressRange(
        guestAddress(plan.watched().firstPage(pages)),
        (long) plan.watched().pageCount(pages) * Pages.SIZE_BYTES);
  }

  /** Returns the whole mapping of the other address space. */
  public AddressRange otherRange() {
    return new AddressRange(OTHER_ADDRESS, (long) plan.size().pages() * Pages.SIZE_BYTES);
  }

  /** Returns where the guest has a page of the file. */
  public long guestAddress(int page) {
    return GUEST_ADDRESS + offset(page);
  }

  /** Returns where a page begins in the file. */
  public static long offset(int page) {
    return (long) page * Pages.SIZE_BYTES;
  }

  /** Returns what a page that is there at the start begins with. */
  public static long initialStamp(int page) {
    return page + 1L;
  }

  /** Returns eight bytes of heap memory. */
  static MemorySegment segmentOf(long value) {
    return MemorySegment.ofArray(new long[] {value});
  }

  /** Returns the value in eight bytes of heap memory. */
  static long valueOf(MemorySegment segment) {
    return segment.get(ValueLayout.JAVA_LONG, 0);
  }

  /** Keeps a pin until nothing runs any more. */
  void keep(Pin pin) {
    pins.add(pin);
  }

  /** Ends the pins. */
  void endPins() {
    pins.forEach(Pin::close);
    pins.clear();
  }

  /** Returns the journal. */
  Journal journal() {
    return journal;
  }

  /** Returns the ledger. */
  HoleLedger ledger() {
    return ledger;
  }

  /** Returns the calls of this run so far, in the order of their beginnings. */
  public List<Call> calls() {
    return List.copyOf(journal.calls());
  }

  /** Returns the books of the kernel. */
  public MemoryAudit audit() {
    return ((AuditedSystem) system).audit();
  }

  // ---------------------------------------------------------------- monitors

  private CollapseSession observe(CollapseSession session) {
    return new ForwardingSession(session) {
      @Override
      public @Nullable ScanResult allocateTarget() {
        ScanResult refused = super.allocateTarget();
        if (refused == null) {
          ledger.isTarget(target());
        }
        return refused;
      }

      @Override
      public void committed() {
        super.committed();
        Call call = journal.current();
        if (call != null) {
          call.commit();
        }
      }
    };
  }

  /**
   * Lets the monitors look at what has changed; to be called after each step of an exploration, or
   * after each operation of a sequential run.
   *
   * @throws org.mm4j.testkit.explore.RuleBroken if a rule is broken
   */
  public void settle() {
    journal.settle();
  }

  /**
   * Checks what must hold when nothing runs any more.
   *
   * @throws org.mm4j.testkit.explore.RuleBroken if a rule is broken
   */
  public void checkAtRest() {
    settle();
    ledger.over();
    new RestChecks(this).run();
  }

  @Override
  public void close() {
    system.close();
  }
}
