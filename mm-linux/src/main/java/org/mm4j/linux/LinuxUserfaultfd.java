/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.FillFlag;
import org.mm4j.FillOutcome;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.UffdFeature;
import org.mm4j.UffdFlag;
import org.mm4j.UffdMessage;
import org.mm4j.UffdMode;
import org.mm4j.UffdOperation;
import org.mm4j.Userfaultfd;
import org.mm4j.linux.AddressBook.Purpose;
import org.mm4j.linux.AddressBook.Use;
import org.mm4j.linux.ffm.Ioctl;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/**
 * A userfaultfd of the running kernel, with the operations that the simulated one does not have.
 *
 * <p>Where it differs from the contract of {@link Userfaultfd}: a range must have been mapped
 * through the address space throughout (EINVAL otherwise; the kernel admits gaps); the listener of
 * {@link #onReadable} runs on a thread of its own; a message may have been there before the
 * listener is called for it.
 */
@SuppressWarnings("try") // a use is begun and ended, and often not looked at
public final class LinuxUserfaultfd implements Userfaultfd {
  private static final int O_CLOEXEC = 0x8_0000;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_RDWR = 2;
  private static final int USER_MODE_ONLY = 1;
  private static final int AT_FDCWD = -100;
  private static final int MODE_DONT_WAKE = 1;
  private static final int MODE_WRITE_PROTECT = 2;
  private static final int PROTECT = 1;
  private static final int PROTECT_DONT_WAKE = 2;
  private static final int MOVE_ALLOW_HOLES = 2;

  private final SystemCalls calls;
  private final @Nullable LinuxAddressSpace space;
  private final Descriptor descriptor;

  /** What was agreed on. Written once, before any range can be armed. */
  private volatile long features;

  // Guarded by this.
  private final Deque<InterruptibleWait> idle = new ArrayDeque<>();
  private final Set<InterruptibleWait> waiting = new HashSet<>();
  private final Set<ReadinessWatch> watches = new HashSet<>();

  private LinuxUserfaultfd(
      SystemCalls calls, @Nullable LinuxAddressSpace space, int number, long features) {
    this.calls = calls;
    this.space = space;
    this.descriptor = new Descriptor(number, "userfaultfd", this::giveBack);
    this.features = features;
  }

  static LinuxUserfaultfd create(SystemCalls calls, LinuxAddressSpace space, Set<UffdFlag> flags) {
    long number = open(calls, flags.contains(UffdFlag.USER_MODE_ONLY));
    Refusal.check(number, "userfaultfd", 0);
    LinuxUserfaultfd userfaultfd = new LinuxUserfaultfd(calls, space, (int) number, 0);
    try {
      space.book().adopt(userfaultfd);
      return userfaultfd;
    } catch (IllegalStateException e) {
      userfaultfd.close();
      throw e;
    }
  }

  /** Opens one by the system call or, where that is not permitted, by the device. */
  static long open(SystemCalls calls, boolean userModeOnly) {
    long flags = O_CLOEXEC | O_NONBLOCK | (userModeOnly ? USER_MODE_ONLY : 0);
    long number = calls.call(SystemCall.USERFAULTFD, flags, 0, 0);
    if (!Refusal.is(number, Errno.EPERM)) {
      return number;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/dev/userfaultfd");
      long device =
          calls.call(SystemCall.OPENAT, AT_FDCWD, path.address(), O_RDWR | O_CLOEXEC, 0, 0, 0);
      if (device < 0) {
        return number;
      }
      long opened = calls.call(SystemCall.IOCTL, device, Ioctl.NEW, flags);
      calls.call(SystemCall.CLOSE, device, 0, 0);
      return opened;
    }
  }

  /**
   * A userfaultfd of another process, which the caller got hold of. For tests and FORK messages.
   */
  static LinuxUserfaultfd foreign(SystemCalls calls, int number, long features) {
    return new LinuxUserfaultfd(calls, null, number, features);
  }

  /**
   * Returns the number of the descriptor, for {@link LinuxMemory#userfaultfdOf} in another process.
   */
  public int descriptorNumber() {
    return descriptor.number();
  }

  @Override
  public Set<UffdFeature> handshake(Set<UffdFeature> wanted) {
    long bits = 0;
    for (UffdFeature feature : wanted) {
      bits |= feature.bit();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, Ioctl.API.words());
      put(words, 0, Ioctl.VERSION);
      put(words, 1, bits);
      Refusal.check(ioctl(Ioctl.API, words), "UFFDIO_API", bits);
      features = bits;
      Set<UffdFeature> offered = EnumSet.noneOf(UffdFeature.class);
      for (UffdFeature feature : UffdFeature.values()) {
        if ((get(words, 1) & feature.bit()) != 0) {
          offered.add(feature);
        }
      }
      return offered;
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws MemoryException also EBUSY while a view of part of the range is open whose {@link
   *     ViewMode} does not admit it
   */
  @Override
  public Set<UffdOperation> register(AddressRange range, Set<UffdMode> modes) {
    long bits = 0;
    for (UffdMode mode : modes) {
      bits |= mode.bit();
    }
    try (Use use = beginOn(range, "UFFDIO_REGISTER");
        Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, Ioctl.REGISTER.words());
      put(words, 0, range.start());
      put(words, 1, range.lengthBytes());
      put(words, 2, bits);
      List<AddressRange> before = watched();
      arm(range);
      long result = ioctl(Ioctl.REGISTER, words);
      if (result < 0) {
        disarmExcept(range, before);
        throw Refusal.of(result, "UFFDIO_REGISTER", range.start());
      }
      Set<UffdOperation> operations = EnumSet.noneOf(UffdOperation.class);
      for (UffdOperation operation : UffdOperation.values()) {
        if ((get(words, 3) & 1L << operation.number()) != 0) {
          operations.add(operation);
        }
      }
      return operations;
    }
  }

  private void arm(AddressRange range) {
    LinuxAddressSpace own = space;
    if (own != null && !range.isEmpty()) {
      own.book().arm(this, range, (features & UffdFeature.SIGBUS.bit()) != 0);
    }
  }

  private List<AddressRange> watched() {
    return space == null ? List.of() : space.book().watchedBy(this);
  }

  private void disarmExcept(AddressRange range, List<AddressRange> kept) {
    Regions rest = new Regions();
    rest.put(range, 0);
    kept.forEach(rest::remove);
    LinuxAddressSpace own = space;
    if (own != null) {
      rest.all().forEach(region -> own.book().disarm(this, region.range()));
    }
  }

  /** Keeps a range ours for a call on it; it must be ours throughout. */
  private Use beginOn(AddressRange range, String call) {
    LinuxAddressSpace own = space;
    if (own == null) {
      return AddressBook.unowned();
    }
    if (!range.isPageAligned()) {
      throw new MemoryException(Errno.EINVAL, call, range.start(), "not whole pages");
    }
    AddressRange pages = Layout.pagesOf(range, call);
    Use use = own.book().begin(pages, Purpose.CALL, call);
    if (pages.isEmpty() || !use.coversAll()) {
      use.close();
      throw new MemoryException(
          Errno.EINVAL, call, range.start(), "not mapped throughout by this address space");
    }
    return use;
  }

  @Override
  public void unregister(AddressRange range) {
    try (Use use = beginOn(range, "UFFDIO_UNREGISTER")) {
      Refusal.check(rangeCall(Ioctl.UNREGISTER, range), "UFFDIO_UNREGISTER", range.start());
      disarmExcept(range, List.of());
    }
  }

  @Override
  public void wake(AddressRange range) {
    Refusal.check(rangeCall(Ioctl.WAKE, range), "UFFDIO_WAKE", range.start());
  }

  private long rangeCall(Ioctl ioctl, AddressRange range) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, ioctl.words());
      put(words, 0, range.start());
      put(words, 1, range.lengthBytes());
      return ioctl(ioctl, words);
    }
  }

  @Override
  public FillOutcome copy(long address, MemorySegment source, Set<FillFlag> flags) {
    if (!source.isNative()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bounce = arena.allocate(source.byteSize(), Pages.SIZE_BYTES);
        return copy(address, bounce.copyFrom(source), flags);
      }
    }
    return copy(address, source, source.address(), source.byteSize(), flags).outcome();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The source must have been mapped through the address space.
   */
  @Override
  public FillOutcome copy(long address, long sourceAddress, long lengthBytes, Set<FillFlag> flags) {
    LinuxAddressSpace own = space;
    if (own == null) {
      ResolveResult result = copy(address, MemorySegment.NULL, sourceAddress, lengthBytes, flags);
      return result.outcome();
    }
    if (sourceAddress < 0 || lengthBytes < 0 || sourceAddress + lengthBytes < 0) {
      throw new MemoryException(
          Errno.EINVAL, "UFFDIO_COPY", sourceAddress, "not a range of user addresses");
    }
    AddressRange source = new AddressRange(sourceAddress, lengthBytes);
    try (Use use = own.book().begin(source, Purpose.CALL, "UFFDIO_COPY")) {
      // Nobody can read address 0, so the kernel checks everything else first and copies nothing.
      long readable = use.coversAll() ? sourceAddress : 0;
      ResolveResult result = copy(address, MemorySegment.NULL, readable, lengthBytes, flags);
      if (Refusal.is(result.result(), Errno.EFAULT)
          && (!use.coversAll() || !firstPageIsReadable(own, source))) {
        throw unreadable(sourceAddress);
      }
      return result.outcome();
    }
  }

  /** EFAULT is both: a source that cannot be read, and a destination beyond the end. */
  private static boolean firstPageIsReadable(LinuxAddressSpace own, AddressRange source) {
    try (Arena arena = Arena.ofConfined()) {
      long length = Math.min(source.lengthBytes(), Pages.SIZE_BYTES);
      return own.copy().read(source.start(), arena.allocate(length)) == length;
    }
  }

  private static MemoryException unreadable(long address) {
    return new MemoryException(Errno.EFAULT, "UFFDIO_COPY", address, "the source cannot be read");
  }

  private ResolveResult copy(
      long address,
      MemorySegment keepAlive,
      long sourceAddress,
      long lengthBytes,
      Set<FillFlag> flags) {
    return resolve(Ioctl.COPY, keepAlive, address, sourceAddress, lengthBytes, modeOf(flags));
  }

  @Override
  public FillOutcome zero(AddressRange range, Set<FillFlag> flags) {
    return resolve(Ioctl.ZEROPAGE, range, modeOf(flags)).outcome();
  }

  /**
   * Maps pages that the file has ({@code UFFDIO_CONTINUE}) and wakes their waiters.
   *
   * @throws MemoryException EFAULT if the file has no page there; EINVAL beyond its end, on
   *     anonymous memory, or for a bad range
   */
  public FillOutcome resume(AddressRange range, Set<FillFlag> flags) {
    return resolve(Ioctl.CONTINUE, range, modeOf(flags)).outcome();
  }

  /**
   * Marks missing pages as poisoned ({@code UFFDIO_POISON}) and wakes their waiters: a touch is
   * SIGBUS, an access by a system call EFAULT.
   *
   * @throws MemoryException EINVAL for a bad range or a flag other than {@link FillFlag#DONT_WAKE}
   */
  public FillOutcome poison(AddressRange range, Set<FillFlag> flags) {
    return resolve(Ioctl.POISON, range, modeOf(flags)).outcome();
  }

  /**
   * Moves private anonymous pages ({@code UFFDIO_MOVE}) and wakes the waiters of the destination.
   *
   * @param allowHoles whether missing pages of the source are skipped rather than an error
   * @param dontWake whether the waiters are left asleep
   * @throws MemoryException EINVAL for mappings that do not fit; EBUSY for a page that is shared or
   *     pinned; EFAULT if the source was not mapped through the address space
   */
  public FillOutcome move(
      long address, long sourceAddress, long lengthBytes, boolean allowHoles, boolean dontWake) {
    int mode = (allowHoles ? MOVE_ALLOW_HOLES : 0) | (dontWake ? MODE_DONT_WAKE : 0);
    AddressRange source = new AddressRange(sourceAddress, lengthBytes);
    try (Use use = beginOn(source, "UFFDIO_MOVE")) {
      return resolve(Ioctl.MOVE, MemorySegment.NULL, address, sourceAddress, lengthBytes, mode)
          .outcome();
    }
  }

  /**
   * Protects pages against stores, or lifts that and wakes the waiters ({@code
   * UFFDIO_WRITEPROTECT}).
   *
   * @param dontWake whether the waiters are left asleep; only when lifting
   * @return {@link FillOutcome.Filled}, {@link FillOutcome.Retry} with 0 while the address space is
   *     being changed, or {@link FillOutcome.NotRegistered} (mappings before the first unregistered
   *     one are changed)
   * @throws MemoryException EINVAL for a bad range, or {@code dontWake} when protecting
   */
  public FillOutcome writeProtect(AddressRange range, boolean protect, boolean dontWake) {
    int mode = (protect ? PROTECT : 0) | (dontWake ? PROTECT_DONT_WAKE : 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, Ioctl.WRITEPROTECT.words());
      put(words, 0, range.start());
      put(words, 1, range.lengthBytes());
      put(words, 2, mode);
      long result = ioctl(Ioctl.WRITEPROTECT, words);
      long done = result < 0 ? 0 : range.lengthBytes();
      return new ResolveResult(Ioctl.WRITEPROTECT, result, done, range.start()).outcome();
    }
  }

  private static int modeOf(Set<FillFlag> flags) {
    return (flags.contains(FillFlag.DONT_WAKE) ? MODE_DONT_WAKE : 0)
        | (flags.contains(FillFlag.WRITE_PROTECT) ? MODE_WRITE_PROTECT : 0);
  }

  private ResolveResult resolve(Ioctl ioctl, AddressRange range, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, ioctl.words());
      put(words, 0, range.start());
      put(words, 1, range.lengthBytes());
      put(words, 2, mode);
      return new ResolveResult(ioctl, ioctl(ioctl, words), get(words, 3), range.start());
    }
  }

  private ResolveResult resolve(
      Ioctl ioctl,
      MemorySegment keepAlive,
      long address,
      long sourceAddress,
      long lengthBytes,
      int mode) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, ioctl.words());
      put(words, 0, address);
      put(words, 1, sourceAddress);
      put(words, 2, lengthBytes);
      put(words, 3, mode);
      long result =
          descriptor.use(
              fd -> calls.call(keepAlive, SystemCall.IOCTL, fd, ioctl.request(), words.address()));
      return new ResolveResult(ioctl, result, get(words, 4), address);
    }
  }

  private long ioctl(Ioctl ioctl, MemorySegment words) {
    return descriptor.use(fd -> calls.call(SystemCall.IOCTL, fd, ioctl.request(), words.address()));
  }

  private static void put(MemorySegment words, int index, long value) {
    words.setAtIndex(ValueLayout.JAVA_LONG, index, value);
  }

  private static long get(MemorySegment words, int index) {
    return words.getAtIndex(ValueLayout.JAVA_LONG, index);
  }

  @Override
  public @Nullable UffdMessage poll() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment message = arena.allocate(MessageFormat.BYTES, Long.BYTES);
      long result =
          descriptor.use(
              fd -> calls.call(SystemCall.READ, fd, message.address(), MessageFormat.BYTES));
      if (Refusal.is(result, Errno.EAGAIN)) {
        return null;
      }
      Refusal.check(result, "read", 0);
      return MessageFormat.decode(message, child -> foreign(calls, child, features));
    }
  }

  @Override
  public UffdMessage take() throws InterruptedException {
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      UffdMessage message = poll();
      if (message != null) {
        return message;
      }
      InterruptibleWait wait = borrowWait();
      try {
        descriptor.acquire();
        try {
          wait.await(descriptor.number());
        } finally {
          descriptor.release();
        }
      } finally {
        returnWait(wait);
      }
    }
  }

  private synchronized InterruptibleWait borrowWait() {
    if (descriptor.isClosed()) {
      throw new IllegalStateException("userfaultfd is closed");
    }
    InterruptibleWait wait = idle.isEmpty() ? new InterruptibleWait(calls) : idle.pop();
    waiting.add(wait);
    return wait;
  }

  private synchronized void returnWait(InterruptibleWait wait) {
    waiting.remove(wait);
    if (descriptor.isClosed()) {
      dispose(wait);
    } else {
      idle.push(wait);
    }
  }

  private static void dispose(InterruptibleWait wait) {
    try {
      wait.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean isReadable() {
    return descriptor.use(fd -> InterruptibleWait.isReadable(calls, fd) ? 1 : 0) != 0;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The listener runs on a thread of its own, so it may take locks and block.
   */
  @Override
  public AutoCloseable onReadable(Runnable listener) {
    synchronized (this) {
      ReadinessWatch watch = ReadinessWatch.start(calls, descriptor, listener, this::forgetWatch);
      watches.add(watch);
      return watch;
    }
  }

  private synchronized void forgetWatch(ReadinessWatch watch) {
    watches.remove(watch);
  }

  /**
   * Watches a range for missing pages and fills each from a source, on a thread of its own.
   *
   * <p>It reads every message of this userfaultfd: one served range per userfaultfd.
   *
   * @return ends the service: the range is unregistered, and what was not filled is missing as in
   *     unwatched memory
   * @throws MemoryException as {@link #register}
   */
  public PageService serve(AddressRange range, PageSource source) {
    Set<UffdOperation> operations = register(range, EnumSet.of(UffdMode.MISSING));
    return PageService.start(this, range, source, operations.contains(UffdOperation.POISON));
  }

  @Override
  public String describe() {
    StringBuilder text = new StringBuilder("userfaultfd ").append(descriptor.number());
    for (AddressRange range : watched()) {
      text.append('\n').append(range);
    }
    return text.append('\n').append(isReadable() ? "a message waits" : "no message").toString();
  }

  @Override
  public void close() {
    List<InterruptibleWait> waits;
    List<InterruptibleWait> unused;
    List<ReadinessWatch> ended;
    synchronized (this) {
      waits = List.copyOf(waiting);
      unused = List.copyOf(idle);
      idle.clear();
      ended = List.copyOf(watches);
      descriptor.close();
      // Under the monitor: a wait that was not returned yet is not closed yet.
      waits.forEach(InterruptibleWait::wakeup);
    }
    unused.forEach(LinuxUserfaultfd::dispose);
    ended.forEach(ReadinessWatch::close);
  }

  /**
   * Disarms every range, closes the descriptor, and only then lets views have the memory. Closing
   * alone does not disarm while another process has a copy of the descriptor.
   */
  private void giveBack(int number) {
    LinuxAddressSpace own = space;
    if (own != null) {
      for (AddressRange range : own.book().watchedBy(this)) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, Ioctl.UNREGISTER.words());
          put(words, 0, range.start());
          put(words, 1, range.lengthBytes());
          calls.call(SystemCall.IOCTL, number, Ioctl.UNREGISTER.request(), words.address());
        }
      }
    }
    calls.call(SystemCall.CLOSE, number, 0, 0);
    if (own != null) {
      own.book().forget(this);
    }
  }

  @Override
  public String toString() {
    return "userfaultfd " + descriptor.number();
  }
}
