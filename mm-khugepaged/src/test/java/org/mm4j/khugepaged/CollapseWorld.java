/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.khugepaged;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.CollapseTrigger;
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
import org.mm4j.core.cache.XArrayPageCache;
import org.mm4j.khugepaged.fake.InjectedRefusal;
import org.mm4j.khugepaged.fake.StepLog;
import org.mm4j.spi.AuditedSystem;
import org.mm4j.spi.CollapseSession;
import org.mm4j.spi.CollapseStep;
import org.mm4j.spi.CollapseStrategy;
import org.mm4j.spi.Folio;
import org.mm4j.spi.MappableFile;
import org.mm4j.spi.MemoryAudit;
import org.mm4j.spi.PageCache;
import org.mm4j.spi.SwapEntry;
import org.mm4j.testkit.AuditDifference;
import org.mm4j.testkit.InvariantChecker;

/**
 * A simulated kernel with one address space that maps the middle one of a file's three huge-page
 * ranges, for a collapse of it. Pages are counted within that range.
 *
 * <p>"Others" are one further thread: what it does in the middle of a collapse it does while the
 * collapse waits for it, for ten seconds at most.
 */
final class CollapseWorld implements AutoCloseable {
  private static final String FILE = "guest";
  private static final int PAGE = Pages.SIZE_BYTES;

  private final int hugePages;
  private final AddressRange range;
  private final PageRange indices;
  private final Recorder recorder;
  private final StepLog steps = new StepLog();
  private final InjectedRefusal injection = new InjectedRefusal();
  private final AuditedSystem system;
  private final MemoryFile file;
  private final AddressSpace space;
  private final ExecutorService others = Executors.newSingleThreadExecutor();
  private final Deque<AutoCloseable> atTheEnd = new ArrayDeque<>();
  private final List<AutoCloseable> meanwhile = new ArrayList<>();
  private Integer[] holes = {};
  private MemoryAudit before;

  /** How large huge pages, page-cache nodes and the memory are. */
  enum Size {
    /** Small enough to be looked at by eye. */
    SMALL(3, 2, 1024),
    /** As in Linux. */
    LINUX(9, 6, 4096);

    private final int hugeOrder;
    private final int chunkShift;
    private final long frames;

    Size(int hugeOrder, int chunkShift, long frames) {
      this.hugeOrder = hugeOrder;
      this.chunkShift = chunkShift;
      this.frames = frames;
    }

    int hugePages() {
      return 1 << hugeOrder;
    }
  }

  CollapseWorld(Size size, CollapseStrategy strategy) {
    this(size, strategy, builder -> builder);
  }

  CollapseWorld(Size size, CollapseStrategy strategy, UnaryOperator<SimulatedBuilder> settings) {
    hugePages = size.hugePages();
    long hugeBytes = (long) hugePages * PAGE;
    range = new AddressRange(64 * hugeBytes, hugeBytes);
    indices = new PageRange(hugePages, hugePages);
    recorder = new Recorder(strategy);
    SimulatedBuilder builder =
        MemorySystem.simulated()
            .physicalBytes(size.frames * PAGE)
            .hugeOrder(size.hugeOrder)
            .chunkShift(size.chunkShift)
            .with(recorder)
            .with(steps)
            .with(injection);
    system = (AuditedSystem) settings.apply(builder).build();
    file = system.createMemoryFile(FILE, Set.of());
    file.truncate(3 * hugeBytes);
    space = system.newAddressSpace();
    space.map(MapRequest.shared(file, hugeBytes, hugeBytes).at(range.start()));
  }

  /** Runs a strategy and writes down what it answered. */
  private static final class Recorder implements CollapseStrategy {
    private final CollapseStrategy strategy;
    private final List<ScanResult> answers = new ArrayList<>();

    Recorder(CollapseStrategy strategy) {
      this.strategy = strategy;
    }

    @Override
    public String name() {
      return strategy.name() + ", recorded";
    }

    @Override
    public ScanResult collapse(CollapseSession session) {
      ScanResult answer = strategy.collapse(session);
      answers.add(answer);
      return answer;
    }
  }

  // ------------------------------------------------------------ what there is

  AuditedSystem system() {
    return system;
  }

  MemoryFile file() {
    return file;
  }

  AddressSpace space() {
    return space;
  }

  AddressRange range() {
    return range;
  }

  int hugePages() {
    return hugePages;
  }

  CollapseStrategy strategy() {
    return recorder.strategy;
  }

  /** What the strategy answered so far; empty if the look at the file refused. */
  List<ScanResult> answers() {
    return recorder.answers;
  }

  long offsetOf(int page) {
    return (hugePages + (long) page) * PAGE;
  }

  // ------------------------------------------------------------ content

  /** Writes every page of the range but some, through the address space. */
  void fillExcept(Integer... pages) {
    holes = pages;
    for (int page = 0; page < hugePages; page++) {
      if (!isHole(page)) {
        space.write(addressOf(page), MemorySegment.ofArray(content(page)));
      }
    }
  }

  void assertContent() {
    for (int page = 0; page < hugePages; page++) {
      byte[] found = new byte[PAGE];
      file.read(offsetOf(page), MemorySegment.ofArray(found));
      assertArrayEquals(isHole(page) ? new byte[PAGE] : content(page), found, "page " + page);
    }
  }

  private boolean isHole(int page) {
    return Arrays.asList(holes).contains(page);
  }

  private long addressOf(int page) {
    return range.start() + (long) page * PAGE;
  }

  static byte[] content(int page) {
    byte[] bytes = new byte[PAGE];
    Arrays.fill(bytes, (byte) (page % 127 + 1));
    return bytes;
  }

  // ------------------------------------------------------------ others

  /** Others do something before the collapse, and undo it at the very end. */
  void othersDo(Runnable action, AutoCloseable undo) {
    await(action::run);
    atTheEnd.push(undo);
  }

  /** Others do something at the first step of a kind, and undo it when the collapse is over. */
  void meanwhile(CollapseStep step, Runnable action, AutoCloseable undo) {
    boolean[] done = new boolean[1];
    steps.before(
        step,
        () -> {
          if (!done[0]) {
            done[0] = true;
            await(action::run);
            meanwhile.add(undo);
          }
        });
  }

  /**
   * Others do something that stays before the collapse takes anything: the books are to be as they
   * are then.
   */
  void beforeAnythingIsTaken(Runnable action) {
    meanwhile(
        CollapseStep.ALLOCATE,
        () -> {
          action.run();
          before = system.audit();
        },
        () -> {});
  }

  private void await(AutoCloseable action) {
    try {
      others
          .submit(
              () -> {
                action.close();
                return null;
              })
          .get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("others did not come to an end", e);
    }
  }

  // ------------------------------------------------------------ what others may do

  /** Others pin a page at the first step of a kind until the collapse is over. */
  void pinMeanwhile(CollapseStep step, int page) {
    Pin[] pin = new Pin[1];
    meanwhile(step, () -> pin[0] = pinned(page), () -> pin[0].close());
  }

  /** Others pin a page. */
  void pin(int page) {
    Pin[] pin = new Pin[1];
    othersDo(() -> pin[0] = pinned(page), () -> pin[0].close());
  }

  private Pin pinned(int page) {
    return space.pin(new AddressRange(addressOf(page), PAGE), Access.READ);
  }

  /** Does something to the folio of a page, with a reference to it and without its lock. */
  void withFolio(int page, Consumer<Folio> action) {
    Folio folio = (Folio) pageCache().lookup(indices.firstIndex() + page);
    assertNotNull(folio, "there is no page " + page);
    action.accept(folio);
    folio.put(1);
  }

  /** Swaps a page out, as far as its file goes: there is nowhere to read it from. */
  void swapOut(int page) {
    space.advise(new AddressRange(addressOf(page), PAGE), Advice.DONTNEED);
    withFolio(
        page,
        folio -> {
          folio.lock();
          ((XArrayPageCache) pageCache()).swapOut(folio, new SwapEntry(page, 0));
          folio.detach();
          folio.unlock();
        });
  }

  private PageCache pageCache() {
    return ((MappableFile) file).mapping().pageCache();
  }

  /** A userfaultfd of another address space watches pages for being missing. */
  void watch(int firstPage, int pageCount) {
    AddressSpace watching = system.newAddressSpace();
    AddressRange watched = new AddressRange(addressOf(firstPage), (long) pageCount * PAGE);
    watching.map(
        MapRequest.shared(file, offsetOf(firstPage), watched.lengthBytes()).at(watched.start()));
    Userfaultfd userfaultfd = watching.userfaultfd(Set.of());
    userfaultfd.handshake(Set.of());
    userfaultfd.register(watched, Set.of(UffdMode.MISSING));
    atTheEnd.push(watching);
    atTheEnd.push(userfaultfd);
  }

  /** Another file takes all the memory that is free. */
  MemoryFile exhaustMemory() {
    MemoryFile hog = system.createMemoryFile("hog", Set.of());
    atTheEnd.push(hog);
    hog.allocate(0, system.audit().freeFrames() * PAGE);
    return hog;
  }

  /** Half of the memory is free, but no two frames in a row. */
  void fragmentMemory() {
    MemoryFile hog = exhaustMemory();
    for (long offset = PAGE; offset < hog.sizeBytes(); offset += 2 * PAGE) {
      hog.punchHole(offset, PAGE);
    }
  }

  void refuse(InjectedRefusal.Refused what, int occurrences) {
    injection.refuse(what, occurrences);
  }

  // ------------------------------------------------------------ the collapse

  /**
   * Lets the range be collapsed.
   *
   * @return how MADV_COLLAPSE failed, or null
   */
  MemoryException collapse(CollapseTrigger trigger) {
    if (trigger == CollapseTrigger.DAEMON) {
      space.advise(range, Advice.HUGEPAGE);
    }
    before = system.audit();
    MemoryException failure = null;
    if (trigger == CollapseTrigger.DAEMON) {
      system.hugePages().scanOnce();
    } else {
      try {
        space.advise(range, Advice.COLLAPSE);
      } catch (MemoryException e) {
        failure = e;
      }
    }
    meanwhile.forEach(this::await);
    return failure;
  }

  /** Requires the books to be as before, but for what Linux does not undo either. */
  void assertBooksAsBefore() {
    AuditDifference.between(
            before, system.audit(), AuditDifference.Allowance.failedCollapse(FILE, indices))
        .assertNone();
  }

  /** Closes everything: the books must agree, and balance to zero. */
  @Override
  public void close() {
    try {
      for (AutoCloseable each : atTheEnd) {
        await(each);
      }
      InvariantChecker.assertHolds(system.audit());
      space.close();
      file.close();
      InvariantChecker.assertBalanced(system.audit());
      system.close();
    } finally {
      others.shutdownNow();
    }
  }
}
