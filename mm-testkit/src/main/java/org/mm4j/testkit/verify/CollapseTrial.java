/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.verify;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.MapRequest;
import org.mm4j.MemoryException;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.PageRange;
import org.mm4j.Pages;
import org.mm4j.Pin;
import org.mm4j.ScanResult;
import org.mm4j.SimulatedBuilder;
import org.mm4j.UffdMode;
import org.mm4j.Userfaultfd;
import org.mm4j.spi.AuditedSystem;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.PageCacheCursor;
import org.mm4j.spi.PageCacheEntry;
import org.mm4j.spi.Placeholder;
import org.mm4j.testkit.AuditDifference;
import org.mm4j.testkit.RankCheckingSync;

/**
 * A small kernel with one file of three huge pages, whose middle one a strategy is asked to
 * collapse. Pages are counted within that one.
 *
 * <p>Everything that may block runs on threads of its own, with a limit: a wrong strategy must not
 * stop the suite.
 */
final class CollapseTrial implements AutoCloseable {
  /** Pages in a huge page. */
  static final int HUGE_PAGES = 8;

  static final int PAGE = Pages.SIZE_BYTES;
  private static final int HUGE_ORDER = 3;
  private static final int CHUNK_SHIFT = 2;
  private static final long FRAMES = 256;
  private static final String FILE = "file";
  private static final long HUGE_BYTES = (long) HUGE_PAGES * PAGE;
  private static final long SPACE_BASE = 64 * HUGE_BYTES;

  private final Bystanders bystanders = new Bystanders();
  private final ObservedCollapses observed = new ObservedCollapses();
  private final JudgedStrategy strategy;
  private final AuditedSystem system;
  private final MemoryFile file;
  private final AddressSpace space;
  private final AddressRange range = new AddressRange(SPACE_BASE, HUGE_BYTES);
  private final Set<Integer> holes = new TreeSet<>();
  private final boolean mayHaveHoles;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Deque<Pin> pins = new ArrayDeque<>();
  private boolean closed;

  CollapseTrial(
      CollapseStrategy strategy, UnaryOperator<SimulatedBuilder> settings, boolean mayHaveHoles) {
    this.strategy = new JudgedStrategy(strategy);
    this.mayHaveHoles = mayHaveHoles;
    RankCheckingSync.takeViolations();
    SimulatedBuilder builder =
        MemorySystem.simulated()
            .physicalBytes(FRAMES * PAGE)
            .hugeOrder(HUGE_ORDER)
            .chunkShift(CHUNK_SHIFT)
            .with(this.strategy)
            .with(observed);
    this.system = (AuditedSystem) settings.apply(builder).build();
    this.file = system.createMemoryFile(FILE, Set.of());
    file.truncate(3 * HUGE_BYTES);
    this.space = system.newAddressSpace();
    space.map(MapRequest.shared(file, HUGE_BYTES, HUGE_BYTES).at(range.start()));
  }

  // ------------------------------------------------------------ what there is

  MemorySystem system() {
    return system;
  }

  MemoryFile file() {
    return file;
  }

  AddressSpace space() {
    return space;
  }

  Bystanders bystanders() {
    return bystanders;
  }

  /** The pages that are to become one. */
  PageRange pages() {
    return new PageRange(HUGE_PAGES, HUGE_PAGES);
  }

  long indexOf(int page) {
    return HUGE_PAGES + (long) page;
  }

  long offsetOf(int page) {
    return indexOf(page) * PAGE;
  }

  long addressOf(int page) {
    return range.start() + (long) page * PAGE;
  }

  AddressRange addressesOf(int page) {
    return new AddressRange(addressOf(page), PAGE);
  }

  MemoryAudit audit() {
    return system.audit();
  }

  /** What changed since an audit, but for what Linux does not undo either. */
  AuditDifference changesSince(MemoryAudit before) {
    return AuditDifference.between(
        before, audit(), AuditDifference.Allowance.failedCollapse(FILE, pages()));
  }

  long chargedPages() {
    return audit().files().getFirst().chargedPages();
  }

  // ------------------------------------------------------------ content

  /**
   * Writes every page of the range but some, through the address space, so that they are mapped;
   * every page for a strategy that fills no holes.
   */
  CollapseTrial fillExcept(Integer... holePages) {
    if (mayHaveHoles) {
      holes.addAll(Arrays.asList(holePages));
    }
    for (int page = 0; page < HUGE_PAGES; page++) {
      if (!holes.contains(page)) {
        space.write(addressOf(page), MemorySegment.ofArray(content(page)));
      }
    }
    return this;
  }

  Set<Integer> holes() {
    return holes;
  }

  static byte[] content(int page) {
    byte[] bytes = new byte[PAGE];
    Arrays.fill(bytes, (byte) (page + 1));
    return bytes;
  }

  /** What others write into a page. */
  static byte[] othersContent(int page) {
    byte[] bytes = new byte[PAGE];
    Arrays.fill(bytes, (byte) (page + 0x41));
    return bytes;
  }

  byte[] read(int page) {
    byte[] found = new byte[PAGE];
    bystanders.run(() -> file.read(offsetOf(page), MemorySegment.ofArray(found)));
    return found;
  }

  void write(int page, byte[] content) {
    file.write(offsetOf(page), MemorySegment.ofArray(content));
  }

  /** Leaves garbage in every free frame, so that whoever forgets to zero one is found out. */
  void soilFreeMemory() {
    try (MemoryFile hog = system.createMemoryFile("hog", Set.of())) {
      byte[] garbage = new byte[PAGE];
      Arrays.fill(garbage, (byte) 0xee);
      long free = system.audit().freeFrames();
      for (long page = 0; page < free; page++) {
        hog.write(page * PAGE, MemorySegment.ofArray(garbage));
      }
    }
  }

  /** Takes all memory that is free until the end of the trial. */
  void exhaustMemory() {
    MemoryFile hog = system.createMemoryFile("hog", Set.of());
    opened.push(hog);
    hog.allocate(0, system.audit().freeFrames() * PAGE);
  }

  // ------------------------------------------------------------ what can be seen

  /** What a reader without a lock sees of one page. */
  enum Seen {
    /** No entry. */
    HOLE,
    /** A folio that is up to date. */
    PRESENT,
    /** A folio that is not. */
    NOT_UP_TO_DATE,
    /** A placeholder: the reader waits and sees what comes after it. */
    NOTHING_YET
  }

  /**
   * What a reader without a lock would see now. On the thread that collapses; its cursor tells
   * about placeholders, which would make a real reader wait.
   */
  Seen seen(int page, PageCacheCursor cursor) {
    if (cursor.isLocked()) {
      PageCacheEntry entry = cursor.load(indexOf(page));
      return entry instanceof Placeholder ? Seen.NOTHING_YET : seen(entry);
    }
    PageCacheEntry entry = pageCache().lookup(indexOf(page));
    Seen seen = seen(entry);
    if (entry instanceof Folio folio) {
      folio.put(1);
    }
    return seen;
  }

  /** The same at rest. */
  Seen seenAtRest(int page) {
    return bystanders.call(() -> seen(page, pageCache().cursor(pages())));
  }

  private static Seen seen(@Nullable PageCacheEntry entry) {
    if (entry instanceof Folio folio) {
      return folio.isUpToDate() ? Seen.PRESENT : Seen.NOT_UP_TO_DATE;
    }
    return entry == null ? Seen.HOLE : Seen.PRESENT;
  }

  PageCache pageCache() {
    return ((MappableFile) file).mapping().pageCache();
  }

  /** Returns the folio of a page with a reference of the caller. */
  Folio folio(int page) {
    if (pageCache().lookup(indexOf(page)) instanceof Folio folio) {
      return folio;
    }
    throw new AssertionError("there is no folio at page " + page);
  }

  /** Whether the whole range is one folio. */
  boolean isHuge() {
    return bystanders.call(
        () -> {
          if (pageCache().lookup(indexOf(0)) instanceof Folio folio) {
            folio.put(1);
            return folio.order() == HUGE_ORDER;
          }
          return false;
        });
  }

  // ------------------------------------------------------------ others

  /** A further address space that maps some pages of the range, whole. */
  Watcher newWatcher(int firstPage, int pageCount) {
    AddressSpace watching = system.newAddressSpace();
    AddressRange watched = new AddressRange(addressOf(firstPage), (long) pageCount * PAGE);
    watching.map(
        MapRequest.shared(file, offsetOf(firstPage), watched.lengthBytes()).at(watched.start()));
    Userfaultfd userfaultfd = watching.userfaultfd(Set.of());
    userfaultfd.handshake(Set.of());
    opened.push(watching);
    opened.push(userfaultfd);
    return new Watcher(userfaultfd, watched);
  }

  /** Somebody who may watch for missing pages. */
  record Watcher(Userfaultfd userfaultfd, AddressRange watched) {
    void register() {
      userfaultfd.register(watched, Set.of(UffdMode.MISSING));
    }
  }

  /** Somebody pins a page until the collapse is over. */
  void pin(int page) {
    pins.push(space.pin(addressesOf(page), Access.READ));
  }

  // ------------------------------------------------------------ the collapse

  void listen(CollapseListener listener) {
    observed.listen(listener);
  }

  /**
   * What a strategy did.
   *
   * @param answer what it returned, or null
   * @param thrown what it threw, or null
   * @param committed whether it had committed
   * @param failure how MADV_COLLAPSE failed, or null
   */
  record Outcome(
      @Nullable ScanResult answer,
      @Nullable Throwable thrown,
      boolean committed,
      @Nullable MemoryException failure) {
    boolean succeeded() {
      return committed && answer == ScanResult.SUCCEED;
    }

    /** Whether what it answered is not true: rule 4.1, and no other, is about that. */
    boolean isNonsense() {
      return thrown != null || answer == null || (answer == ScanResult.SUCCEED) != committed;
    }
  }

  /** Asks for the collapse, and waits for it. */
  Outcome collapse() {
    strategy.forget();
    MemoryException failure =
        bystanders.call(
            () -> {
              try {
                space.advise(range, Advice.COLLAPSE);
                return null;
              } catch (MemoryException e) {
                return e;
              }
            });
    bystanders.finish();
    while (!pins.isEmpty()) {
      pins.pop().close();
    }
    return new Outcome(strategy.answer, strategy.thrown, strategy.committed, failure);
  }

  /** Closes everything that can be closed in time. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    bystanders.runAnyway(this::closeAll);
    bystanders.close();
    RankCheckingSync.takeViolations();
  }

  /** Closes everything but the kernel and returns its books. */
  MemoryAudit auditAfterClosing() {
    bystanders.run(this::closeFiles);
    return audit();
  }

  private void closeAll() {
    closeFiles();
    system.close();
  }

  private void closeFiles() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    space.close();
    file.close();
  }

  /** Writes down what a strategy did before the engine judges it. */
  private static final class JudgedStrategy implements CollapseStrategy {
    private final CollapseStrategy strategy;
    private volatile @Nullable ScanResult answer;
    private volatile @Nullable Throwable thrown;
    private volatile boolean committed;

    JudgedStrategy(CollapseStrategy strategy) {
      this.strategy = strategy;
    }

    void forget() {
      answer = null;
      thrown = null;
      committed = false;
    }

    @Override
    public String name() {
      return strategy.name();
    }

    @Override
    public ScanResult collapse(CollapseSession session) {
      try {
        ScanResult result = strategy.collapse(session);
        answer = result;
        return result;
      } catch (Throwable t) {
        thrown = t;
        throw t;
      } finally {
        committed = session.isCommitted();
      }
    }
  }
}
