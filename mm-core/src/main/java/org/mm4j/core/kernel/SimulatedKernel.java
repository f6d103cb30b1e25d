/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.kernel;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressSpace;
import org.mm4j.Capabilities;
import org.mm4j.Errno;
import org.mm4j.Extension;
import org.mm4j.HugePages;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemoryFileFlag;
import org.mm4j.MemoryStatistics;
import org.mm4j.Pages;
import org.mm4j.UffdFlag;
import org.mm4j.Userfaultfd;
import org.mm4j.core.frame.FramePool;
import org.mm4j.core.mm.FaultStatistics;
import org.mm4j.core.mm.KernelServices;
import org.mm4j.core.mm.ProcessMemory;
import org.mm4j.core.tlb.CpuTlbBatch;
import org.mm4j.core.tlb.FlushStatistics;
import org.mm4j.spi.AuditedSystem;
import org.mm4j.spi.CollapseService;
import org.mm4j.spi.FolioAllocator;
import org.mm4j.spi.FrameMemory;
import org.mm4j.spi.Kernel;
import org.mm4j.spi.KernelSettings;
import org.mm4j.spi.Mapping;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.MemoryAudit.FileBook;
import org.mm4j.spi.MemoryAudit.FolioBook;
import org.mm4j.spi.MemoryAudit.SpaceBook;
import org.mm4j.spi.MemoryDescriptor;
import org.mm4j.spi.MemoryFileSource;
import org.mm4j.spi.TlbBatch;
import org.mm4j.spi.UserfaultfdSource;
import org.mm4j.sync.LockRank;
import org.mm4j.sync.Mutex;
import org.mm4j.sync.WordField;

/**
 * A kernel in pure Java: physical memory, address spaces, and whatever features registered.
 *
 * <p>Thread-safe. A closed kernel answers every call with {@link IllegalStateException}.
 */
public final class SimulatedKernel implements Kernel, AuditedSystem {
  private static final WordField CLOSED =
      WordField.of(MethodHandles.lookup(), SimulatedKernel.class, "closed");

  private final KernelSettings settings;
  private final FramePool frames;
  private final List<Extension> extensions;
  private final FlushStatistics flushes = new FlushStatistics();
  private final FaultStatistics faults = new FaultStatistics();
  private final Services services = new Services();

  /** Guards {@link #spaces} and {@link #lastId}. */
  private final Mutex spacesLock = new Mutex(LockRank.DAEMON, "of the list of address spaces");

  private final Map<Long, ProcessMemory> spaces = new LinkedHashMap<>();
  private long lastId;

  // Set while features are installed, before anybody else has the kernel.
  private @Nullable UserfaultfdSource userfaultfds;
  private @Nullable MemoryFileSource memoryFiles;
  private @Nullable CollapseService collapse;

  @SuppressWarnings("unused") // accessed through CLOSED
  private long closed;

  SimulatedKernel(KernelSettings settings, FrameMemory memory, List<Extension> extensions) {
    this.settings = settings;
    this.extensions = extensions;
    this.frames = new FramePool(memory, settings.physicalBytes(), settings.hugeOrder());
  }

  // ---------------------------------------------------------------- for users

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        Capabilities.AddressSpaces.MANY,
        userfaultfds != null,
        collapse != null,
        (long) Pages.SIZE_BYTES << settings.hugeOrder());
  }

  @Override
  public AddressSpace newAddressSpace() {
    return services.newSpace();
  }

  @Override
  public MemoryFile createMemoryFile(String name, Set<MemoryFileFlag> flags) {
    requireOpen();
    MemoryFileSource source = memoryFiles;
    if (source == null) {
      throw missing("memfd_create", "no memory files: add org.mm4j:mm-shmem");
    }
    return source.create(name, flags);
  }

  @Override
  public HugePages hugePages() {
    requireOpen();
    CollapseService service = collapse;
    if (service == null) {
      throw missing("hugePages", "no khugepaged: add org.mm4j:mm-khugepaged");
    }
    return service;
  }

  private static MemoryException missing(String call, String reason) {
    return new MemoryException(Errno.ENOSYS, call, 0, reason);
  }

  @Override
  public MemoryStatistics statistics() {
    requireOpen();
    long tables = allSpaces().stream().mapToLong(ProcessMemory::metadataBytes).sum();
    return new MemoryStatistics(
        frames.totalFrames(),
        frames.freeFrames(),
        frames.committedBytes(),
        frames.metadataBytes() + tables,
        faults.count(),
        faults.nanos(),
        flushes.count(),
        flushes.longestNanos());
  }

  @Override
  public void close() {
    if (!CLOSED.compareAndSet(this, 0, 1)) {
      return;
    }
    CollapseService service = collapse;
    if (service != null) {
      service.stopDaemon();
    }
    allSpaces().forEach(ProcessMemory::close);
    if (service != null) {
      service.close();
    }
    frames.close();
  }

  private void requireOpen() {
    if (CLOSED.getAcquire(this) != 0) {
      throw new IllegalStateException("this kernel is closed");
    }
  }

  // ---------------------------------------------------------------- for features

  @Override
  public KernelSettings settings() {
    return settings;
  }

  @Override
  public FolioAllocator folios() {
    return frames;
  }

  @Override
  public TlbBatch newTlbBatch() {
    return new CpuTlbBatch(flushes);
  }

  @Override
  public <T extends Extension> List<T> extensions(Class<T> type) {
    return extensions.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public void provideUserfaultfd(UserfaultfdSource source) {
    requireFirst(userfaultfds, source, "sources of userfaultfds");
    userfaultfds = source;
  }

  @Override
  public void provideMemoryFiles(MemoryFileSource source) {
    requireFirst(memoryFiles, source, "sources of memory files");
    memoryFiles = source;
  }

  @Override
  public void provideCollapse(CollapseService service) {
    requireFirst(collapse, service, "services of khugepaged");
    collapse = service;
  }

  private static void requireFirst(@Nullable Object there, Object another, String what) {
    Objects.requireNonNull(another, what);
    if (there != null) {
      throw new IllegalStateException(
          "two "
              + what
              + ": "
              + there.getClass().getName()
              + " and "
              + another.getClass().getName());
    }
  }

  // ---------------------------------------------------------------- books

  @Override
  public MemoryAudit audit() {
    requireOpen();
    List<FolioBook> folios = new ArrayList<>();
    frames.forEachFolio(
        folio ->
            folios.add(
                new FolioBook(
                    folio.frame(),
                    folio.order(),
                    folio.references(),
                    folio.mapCount(),
                    folio.isLocked(),
                    folio.isOnLru(),
                    folio.isUpToDate(),
                    nameOf(folio.mapping()),
                    folio.index())));
    MemoryFileSource source = memoryFiles;
    List<FileBook> files = source == null ? List.of() : source.audit();
    List<SpaceBook> books = allSpaces().stream().map(ProcessMemory::audit).toList();
    return new MemoryAudit(frames.totalFrames(), frames.freeFrames(), folios, files, books);
  }

  private static @Nullable String nameOf(@Nullable Mapping mapping) {
    return mapping == null ? null : mapping.name();
  }

  private List<ProcessMemory> allSpaces() {
    spacesLock.lock();
    try {
      return List.copyOf(spaces.values());
    } finally {
      spacesLock.unlock();
    }
  }

  @Override
  public String toString() {
    return "simulated kernel with " + frames;
  }

  // ---------------------------------------------------------------- for address spaces

  private final class Services implements KernelServices {
    @Override
    public KernelSettings settings() {
      return settings;
    }

    @Override
    public FramePool frames() {
      return frames;
    }

    @Override
    public FlushStatistics flushes() {
      return flushes;
    }

    @Override
    public FaultStatistics faults() {
      return faults;
    }

    @Override
    public @Nullable CollapseService collapse() {
      return collapse;
    }

    @Override
    public Userfaultfd openUserfaultfd(MemoryDescriptor mm, Set<UffdFlag> flags) {
      UserfaultfdSource source = userfaultfds;
      if (source == null) {
        throw missing("userfaultfd", "no userfaultfd: add org.mm4j:mm-userfaultfd");
      }
      return source.open(mm, flags);
    }

    @Override
    public ProcessMemory newSpace() {
      spacesLock.lock();
      try {
        requireOpen();
        ProcessMemory space = new ProcessMemory(++lastId, this);
        spaces.put(space.id(), space);
        return space;
      } finally {
        spacesLock.unlock();
      }
    }

    @Override
    public void closed(ProcessMemory space) {
      spacesLock.lock();
      try {
        spaces.remove(space.id());
      } finally {
        spacesLock.unlock();
      }
    }
  }
}
