/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.mm4j.AddressSpace;
import org.mm4j.MemoryFile;
import org.mm4j.MemorySystem;
import org.mm4j.Pages;
import org.mm4j.Pin;
import org.mm4j.SimulatedBuilder;
import org.mm4j.spi.AuditedSystem;
import org.mm4j.spi.MemoryAudit;

/**
 * A simulated kernel for each test, found on the path, checked and balanced afterwards.
 *
 * <pre>{@code
 * @RegisterExtension final KernelExtension kernel = KernelExtension.small();
 *
 * @Test
 * void something() {
 *   MemoryFile file = kernel.newFile("guest", 8 * 4096);
 *   AddressSpace space = kernel.newAddressSpace();
 *   ...
 * }
 * }</pre>
 *
 * <p>After the test:
 *
 * <ol>
 *   <li>the pins are closed, and the books must agree ({@link InvariantChecker});
 *   <li>everything else that was opened through the extension is closed, last first, and then every
 *       frame must be free and nothing charged;
 *   <li>the kernel is closed; no thread may hold a lock or have broken a locking rule ({@link
 *       RankCheckingSync#assertNothingHeld}).
 * </ol>
 *
 * All three happen in any case; the failure of the test itself comes first. For one test at a time.
 */
public final class KernelExtension implements BeforeEachCallback, AfterEachCallback {
  /** The huge order of a small world: huge pages of 8 pages. */
  public static final int SMALL_HUGE_ORDER = 3;

  /** The chunk shift of a small world: page-cache nodes of 4 slots. */
  public static final int SMALL_CHUNK_SHIFT = 2;

  private static final long SMALL_PHYSICAL_BYTES = 1024L * Pages.SIZE_BYTES;

  private final Supplier<MemorySystem> factory;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Deque<Pin> pins = new ArrayDeque<>();
  private @Nullable MemorySystem system;

  private KernelExtension(Supplier<MemorySystem> factory) {
    this.factory = factory;
  }

  /** Returns a kernel with 1024 frames, huge pages of 8 pages and page-cache nodes of 4 slots. */
  public static KernelExtension small() {
    return small(builder -> builder);
  }

  /** Returns a small kernel with further settings. */
  public static KernelExtension small(UnaryOperator<SimulatedBuilder> settings) {
    return with(
        builder ->
            settings.apply(
                builder
                    .physicalBytes(SMALL_PHYSICAL_BYTES)
                    .hugeOrder(SMALL_HUGE_ORDER)
                    .chunkShift(SMALL_CHUNK_SHIFT)));
  }

  /** Returns a kernel with the huge pages of Linux and 64 MiB. */
  public static KernelExtension linuxSized() {
    return with(builder -> builder.physicalBytes(64L << 20));
  }

  /** Returns a kernel with settings of one's own. */
  public static KernelExtension with(UnaryOperator<SimulatedBuilder> settings) {
    return of(() -> settings.apply(MemorySystem.simulated()).build());
  }

  /** Returns whatever kernel a factory makes; it is asked once for each test. */
  public static KernelExtension of(Supplier<MemorySystem> factory) {
    return new KernelExtension(factory);
  }

  // ------------------------------------------------------------ for the test

  /** Returns the kernel of this test. */
  public MemorySystem system() {
    if (system == null) {
      throw new IllegalStateException("no test runs: is the extension registered?");
    }
    return system;
  }

  /** Creates an address space, closed after the test. */
  public AddressSpace newAddressSpace() {
    return own(system().newAddressSpace());
  }

  /** Creates a memory file of a size, closed after the test. */
  public MemoryFile newFile(String name, long sizeBytes) {
    MemoryFile file = own(system().createMemoryFile(name, Set.of()));
    file.truncate(sizeBytes);
    return file;
  }

  /** Closes something after the test; pins first, then the others, last first. */
  public <T extends AutoCloseable> T own(T closeable) {
    if (closeable instanceof Pin pin) {
      pins.push(pin);
    } else {
      opened.push(closeable);
    }
    return closeable;
  }

  /**
   * Returns the books now.
   *
   * @throws IllegalStateException if the kernel has none
   */
  public MemoryAudit audit() {
    if (system() instanceof AuditedSystem audited) {
      return audited.audit();
    }
    throw new IllegalStateException(system() + " keeps no books to look at");
  }

  /**
   * Asserts in the middle of a test, while nothing runs and nothing is pinned, that all is well.
   */
  public void checkInvariants() {
    InvariantChecker.assertHolds(audit());
  }

  // ------------------------------------------------------------ around the test

  @Override
  public void beforeEach(ExtensionContext context) {
    RankCheckingSync.takeViolations();
    system = factory.get();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (system == null) {
      return; // it could not be built, which JUnit reports
    }
    List<Throwable> problems = new ArrayList<>();
    context.getExecutionException().ifPresent(problems::add);
    boolean testFailed = !problems.isEmpty();
    closeAll(pins, problems);
    attempt(() -> InvariantChecker.assertHolds(audit()), problems);
    closeAll(opened, problems);
    attempt(() -> InvariantChecker.assertBalanced(audit()), problems);
    attempt(() -> system().close(), problems);
    attempt(RankCheckingSync::assertNothingHeld, problems);
    system = null;
    if (problems.isEmpty()) {
      return;
    }
    Throwable first = problems.removeFirst();
    problems.stream().filter(problem -> !problem.equals(first)).forEach(first::addSuppressed);
    if (!testFailed) { // the failure of the test itself is on its way already
      throwAsIs(first);
    }
  }

  private static void closeAll(Deque<? extends AutoCloseable> all, List<Throwable> problems) {
    while (!all.isEmpty()) {
      AutoCloseable last = all.pop();
      attempt(last::close, problems);
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void attempt(Action action, List<Throwable> problems) {
    try {
      action.run();
    } catch (Exception | Error e) {
      problems.add(e);
    }
  }

  private static void throwAsIs(Throwable problem) throws Exception {
    if (problem instanceof Exception e) {
      throw e;
    }
    throw (Error) problem;
  }
}
