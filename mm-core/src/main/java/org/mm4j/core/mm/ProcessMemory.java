/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.mm;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.FaultSignal;
import org.mm4j.GuestCpu;
import org.mm4j.MapRequest;
import org.mm4j.MappingView;
import org.mm4j.MemoryAccessException;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.Pin;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.ScanResult;
import org.mm4j.UffdFlag;
import org.mm4j.UserAddresses;
import org.mm4j.Userfaultfd;
import org.mm4j.core.frame.FrameAccount;
import org.mm4j.core.frame.FramePool;
import org.mm4j.core.pagetable.Entry;
import org.mm4j.core.pagetable.PageTables;
import org.mm4j.core.tlb.CpuTlbBatch;
import org.mm4j.core.tlb.PlainAccess;
import org.mm4j.core.tlb.ShootdownDomain;
import org.mm4j.core.tlb.SoftCpu;
import org.mm4j.core.tlb.TranslationSource;
import org.mm4j.core.vma.MappedVma;
import org.mm4j.core.vma.VmaLayout;
import org.mm4j.spi.CollapseService;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MemoryAudit.SpaceBook;
import org.mm4j.spi.MemoryAudit.TranslationBook;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.TlbBatch;
import org.mm4j.spi.Translations;
import org.mm4j.spi.UserfaultWatcher;
import org.mm4j.spi.Vma;
import org.mm4j.spi.VmaFlag;
import org.mm4j.sync.Counter;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.SharedLock;
import org.mm4j.sync.WordField;

/**
 * One address space: VMAs, page tables, processors, and the account that its pages are charged to.
 *
 * <pre>{@code
 * OPEN --close()--> EXITING: faults end with ESRCH, calls with IllegalStateException
 * }</pre>
 *
 * <p>The VMAs change under the mmap lock held for writing. Page tables have locks of their own, so
 * translations may be removed by whoever comes from the reverse map. Thread-safe.
 */
public final class ProcessMemory
    implements MemoryDescriptor, AddressSpace, Translations, FrameAccount {
  private static final WordField STATE =
      WordField.of(MethodHandles.lookup(), ProcessMemory.class, "state");
  private static final long OPEN = 0;
  private static final long EXITING = 1;

  private final long id;
  private final KernelServices kernel;
  private final SharedLock mmapLock;
  private final VmaLayout layout;
  private final PageTables tables;
  private final ShootdownDomain processors = new ShootdownDomain();
  private final FolioMapping folios;
  private final FaultPath faults;
  private final PlainAccess plainRead;
  private final PlainAccess plainWrite;
  private final Counter charged = new Counter();

  /**
   * Whose VMAs were unmapped while threads waited: a thread that waits there goes on waiting, as in
   * Linux, until the space is closed. Guarded by the mmap lock held for writing.
   */
  private final Set<UserfaultWatcher> watchersOfUnmapped = new LinkedHashSet<>();

  @SuppressWarnings("unused") // accessed through STATE
  private long state = OPEN;

  /** Creates an empty address space. */
  public ProcessMemory(long id, KernelServices kernel) {
    this.id = id;
    this.kernel = kernel;
    int hugeOrder = kernel.settings().hugeOrder();
    mmapLock = new SharedLock(LockRank.MMAP, "of address space " + id);
    tables = new PageTables(hugeOrder);
    folios = new FolioMapping(tables, hugeOrder);
    faults = new FaultPath(this, new FileFaults(tables, folios, hugeOrder), kernel.faults());
    plainRead = new PlainAccess(processors, new Source("read"));
    plainWrite = new PlainAccess(processors, new Source("write"));
    layout = new VmaLayout(this);
  }

  // ---------------------------------------------------------------- system calls

  @Override
  public long map(MapRequest request) {
    requireOpen();
    return new MapOperation(this, request).run();
  }

  @Override
  public void unmap(AddressRange range) {
    requireOpen();
    UnmapOperation.run(this, range);
  }

  @Override
  public void protect(AddressRange range, Set<Protection> protection) {
    requireOpen();
    new ProtectOperation(this, protection).run(range);
  }

  @Override
  public long remap(AddressRange old, long newLengthBytes, Set<RemapFlag> flags, long hint) {
    requireOpen();
    return new RemapOperation(this, old, newLengthBytes, flags, hint).run();
  }

  @Override
  public void advise(AddressRange range, Advice advice) {
    requireOpen();
    new AdviseOperation(this, advice).run(range);
  }

  @Override
  public BitSet residency(AddressRange range) {
    requireOpen();
    return new ResidencyOperation(this).run(range);
  }

  @Override
  public void read(long address, MemorySegment to) {
    requireOpen();
    plainRead.read(address, to);
  }

  @Override
  public void write(long address, MemorySegment from) {
    requireOpen();
    plainWrite.write(address, from);
  }

  @Override
  public Pin pin(AddressRange range, Access access) {
    requireOpen();
    return new PinOperation(this, new Source("pin"), access).run(range);
  }

  @Override
  public GuestCpu newCpu() {
    requireOpen();
    return new SoftCpu(processors, new Source(null));
  }

  @Override
  public Userfaultfd userfaultfd(Set<UffdFlag> flags) {
    requireOpen();
    return kernel.openUserfaultfd(this, flags);
  }

  @Override
  public AddressSpace fork() {
    requireOpen();
    return ForkOperation.run(this);
  }

  @Override
  public List<MappingView> mappings() {
    requireOpen();
    mmapLock.lockShared();
    try {
      List<MappingView> views = new ArrayList<>();
      for (MappedVma vma : layout.tree().all()) {
        views.add(MappingViews.of(vma, tables, hugeBytes()));
      }
      return views;
    } finally {
      mmapLock.unlockShared();
    }
  }

  @Override
  public void close() {
    processors.requireOutside();
    if (!STATE.compareAndSet(this, OPEN, EXITING)) {
      return;
    }
    CollapseService collapse = kernel.collapse();
    if (collapse != null) {
      collapse.exit(this); // waits for the daemon, so no lock may be held
    }
    CloseOperation.run(this);
    kernel.closed(this);
  }

  // ---------------------------------------------------------------- the mechanism's view

  @Override
  public long id() {
    return id;
  }

  @Override
  public SharedLock mmapLock() {
    return mmapLock;
  }

  @Override
  public boolean isExiting() {
    return STATE.getAcquire(this) == EXITING;
  }

  @Override
  public @Nullable Vma findVma(long address) {
    return layout.tree().find(address);
  }

  @Override
  public @Nullable Vma nextVma(long address) {
    return layout.tree().next(address);
  }

  @Override
  public Vma arm(Vma vma, AddressRange part, @Nullable UserfaultWatcher watcher, long uffdFlags) {
    long flags = (vma.flags() & ~VmaFlag.UFFD_BITS) | uffdFlags;
    return change(own(vma), part, flags, watcher);
  }

  @Override
  public EntryState entry(long address) {
    long entry = tables.walk(address);
    if (!Entry.isPresent(entry)) {
      return EntryState.NONE;
    }
    if (Entry.isHuge(entry)) {
      return EntryState.HUGE;
    }
    return Entry.isWritable(entry) ? EntryState.WRITABLE : EntryState.READ_ONLY;
  }

  @Override
  public boolean install(Vma vma, long address, Folio folio) {
    return folios.mapPage(vma, Pages.alignDown(address), folio, true);
  }

  @Override
  public ScanResult mapHuge(long address, boolean install) {
    return new HugeMappingOperation(this, address).run(install);
  }

  // ---------------------------------------------------------------- for the reverse map

  @Override
  public boolean removePage(Vma vma, long address, Folio folio, TlbBatch batch) {
    long entry = tables.clear(address, folio.frame(), folio.pageCount());
    if (entry == Entry.NONE) {
      return false;
    }
    // The caller holds references of its own until after the flush, so this one may go at once:
    // a collapse counts what is left.
    Removal.settle(frames(), entry).put(1);
    touch(batch);
    return true;
  }

  @Override
  public void removeRange(Vma vma, AddressRange range, TlbBatch batch) {
    if (batch instanceof CpuTlbBatch own) {
      zap(range, own);
    } else {
      CpuTlbBatch immediate = newBatch();
      zap(range, immediate);
      immediate.flush();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Only an empty table goes: the new folio is locked, so nobody maps it meanwhile, and the
   * pages it replaced were unmapped. A VMA armed for stores keeps its table, which may hold
   * markers.
   */
  @Override
  public void retract(Vma vma, long address, TlbBatch batch) {
    if (!isExiting() && !vma.has(VmaFlag.UFFD_WP) && tables.retract(address)) {
      touch(batch);
    }
  }

  private void touch(TlbBatch batch) {
    if (batch instanceof CpuTlbBatch own) {
      own.touch(processors);
    } else { // somebody else's batch cannot know our processors
      CpuTlbBatch immediate = newBatch();
      immediate.touch(processors);
      immediate.flush();
    }
  }

  // ---------------------------------------------------------------- the account

  @Override
  public boolean tryCharge(long pages) {
    return charged.tryAdd(pages, kernel.settings().accountLimitPages());
  }

  @Override
  public void uncharge(long pages) {
    charged.add(-pages);
  }

  // ---------------------------------------------------------------- for the operations

  VmaLayout layout() {
    return layout;
  }

  PageTables tables() {
    return tables;
  }

  FolioMapping folios() {
    return folios;
  }

  ShootdownDomain processors() {
    return processors;
  }

  FramePool frames() {
    return kernel.frames();
  }

  KernelServices kernel() {
    return kernel;
  }

  long hugeBytes() {
    return (long) Pages.SIZE_BYTES << kernel.settings().hugeOrder();
  }

  CpuTlbBatch newBatch() {
    return new CpuTlbBatch(kernel.flushes());
  }

  /** Removes every entry of a range; the batch is not flushed, unless much was gathered. */
  void zap(AddressRange range, CpuTlbBatch batch) {
    tables.zap(range.start(), range.end(), new Removal(frames(), processors, batch));
  }

  /**
   * Changes flags and watcher of part of a VMA. No huge entry crosses a border of VMAs, so one that
   * a new border would cross is removed before ({@code vma_adjust_trans_huge}); what is accessed
   * next is faulted in as the VMA then permits. The mmap lock is held for writing.
   *
   * @return the VMA that now covers the part
   */
  @SuppressWarnings("ReferenceEquality") // a watcher is itself and nothing else
  MappedVma change(
      MappedVma vma, AddressRange part, long flags, @Nullable UserfaultWatcher watcher) {
    boolean borders = !part.equals(vma.range());
    if (borders && (flags != vma.flags() || watcher != vma.watcher())) {
      CpuTlbBatch batch = newBatch();
      Removal removal = new Removal(frames(), processors, batch);
      tables.zapHugeAcross(part.start(), removal);
      tables.zapHugeAcross(part.end(), removal);
      batch.flush();
    }
    return layout.change(vma, part, flags, watcher);
  }

  /**
   * Remembers who watches a VMA that is being unmapped, if anybody waits: nobody else will come.
   * The mmap lock is held for writing, so a fault has its place in the queue, or sees the change.
   */
  void rememberWatcher(MappedVma vma) {
    UserfaultWatcher watcher = vma.watcher();
    if (watcher != null) {
      watchersOfUnmapped.add(watcher);
      watchersOfUnmapped.removeIf(each -> !each.hasWaiters());
    }
  }

  /** Returns who watched what was unmapped. The mmap lock is held for writing. */
  Set<UserfaultWatcher> rememberedWatchers() {
    return Set.copyOf(watchersOfUnmapped);
  }

  /** Acquires the mmap lock for writing. */
  void lockOpen() {
    mmapLock.lock();
    if (isExiting()) {
      mmapLock.unlock();
      throw closed();
    }
  }

  /** Faults a page in for a system call that does not mind if that fails; says whether it did. */
  boolean populate(long address, boolean write) {
    Access access = write ? Access.WRITE : Access.READ;
    try {
      return tables.translate(address, access) != Entry.NONE
          || faults.resolve(address, access, false, "mmap") == null;
    } catch (MemoryException e) {
      return false;
    }
  }

  static MappedVma own(Vma vma) {
    if (vma instanceof MappedVma own) {
      return own;
    }
    throw new IllegalArgumentException("not a VMA of this kernel: " + vma);
  }

  private void requireOpen() {
    if (isExiting()) {
      throw closed();
    }
    processors.requireOutside();
  }

  private IllegalStateException closed() {
    return new IllegalStateException("address space " + id + " is closed");
  }

  // ---------------------------------------------------------------- reports

  /** Returns the books; consistent only while nothing runs. */
  public SpaceBook audit() {
    List<TranslationBook> translations = new ArrayList<>();
    int hugeOrder = kernel.settings().hugeOrder();
    tables.forEach(
        0,
        UserAddresses.END,
        (address, entry) ->
            translations.add(
                new TranslationBook(
                    address,
                    Entry.frame(entry),
                    Entry.isHuge(entry) ? hugeOrder : 0,
                    Entry.isWritable(entry))));
    return new SpaceBook(id, charged.get(), translations);
  }

  /** Returns the heap bytes of the page tables, computed from their layout. */
  public long metadataBytes() {
    return tables.tableCount() * ((long) Long.BYTES << kernel.settings().hugeOrder());
  }

  @Override
  public String toString() {
    return "address space " + id;
  }

  /** Where processors and system calls find translations, and how each answers a bad address. */
  private final class Source implements TranslationSource {
    /** The name of the call, or null for a guest's processor. */
    private final @Nullable String call;

    Source(@Nullable String call) {
      this.call = call;
    }

    @Override
    public int hugeOrder() {
      return kernel.settings().hugeOrder();
    }

    @Override
    public long translate(long address, Access access) {
      return tables.translate(address, access);
    }

    @Override
    public MemorySegment chunkOf(long frame) {
      return kernel.frames().chunkOf(frame);
    }

    @Override
    public long offsetInChunk(long frame) {
      return kernel.frames().offsetInChunk(frame);
    }

    @Override
    public void resolve(long address, Access access) {
      String name = call == null ? "fault" : call;
      FaultSignal signal = faults.resolve(address, access, call == null, name);
      if (signal == null) {
        return;
      }
      if (call == null) {
        throw new MemoryAccessException(signal, address, access);
      }
      throw new MemoryException(
          Errno.EFAULT, call, address, "address cannot be accessed: " + signal);
    }
  }
}
