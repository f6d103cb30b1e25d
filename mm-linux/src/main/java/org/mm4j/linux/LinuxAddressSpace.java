/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.mm4j.Access;
import org.mm4j.AddressRange;
import org.mm4j.AddressSpace;
import org.mm4j.Advice;
import org.mm4j.Errno;
import org.mm4j.GuestCpu;
import org.mm4j.MapFlag;
import org.mm4j.MapRequest;
import org.mm4j.MappingView;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.Pin;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;
import org.mm4j.UffdFlag;
import org.mm4j.linux.AddressBook.Purpose;
import org.mm4j.linux.AddressBook.Use;
import org.mm4j.linux.ffm.SystemCall;
import org.mm4j.linux.ffm.SystemCalls;

/**
 * A scope over memory of this process. It owns what is mapped through it; to its calls everything
 * else in the process is not mapped, so that no mistake in an address reaches the JVM's own memory.
 *
 * <p>Where it differs from the contract of {@link AddressSpace}:
 *
 * <ul>
 *   <li>An interrupt does not wake a thread that waits in a userfault: the kernel lets only a fatal
 *       signal do that. What wakes it is filling, unregistering, or closing the userfaultfd or the
 *       space.
 *   <li>{@link MapFlag#FIXED} over memory of the process that this space does not own is EEXIST.
 *   <li>{@link #remap} of a range that another call is using is EBUSY, and so is any change of the
 *       layout of a range while another thread changes it: this never waits, because the other may
 *       be waiting for its userfaultfd message to be read.
 *   <li>{@link #fork}, {@link #newCpu} and {@link #pin} are ENOSYS.
 * </ul>
 */
@SuppressWarnings("try") // a use is begun and ended, and often not looked at
public final class LinuxAddressSpace implements AddressSpace {
  private static final int MADV_POPULATE_WRITE = 23;
  private static final int PROTECTION_READ = 1;
  private static final int PROTECTION_WRITE = 2;

  private final SystemCalls calls;
  private final Consumer<LinuxAddressSpace> whenClosed;
  private final long hugePageBytes;
  private final KernelCopy copy;
  private final AddressBook book;
  private final Layout layout;

  LinuxAddressSpace(SystemCalls calls, long hugePageBytes, Consumer<LinuxAddressSpace> whenClosed) {
    this.whenClosed = whenClosed;
    this.calls = calls;
    this.hugePageBytes = hugePageBytes;
    this.copy = new KernelCopy(calls);
    this.book =
        new AddressBook(
            range -> calls.call(SystemCall.MUNMAP, range.start(), range.lengthBytes(), 0));
    this.layout = new Layout(calls, book);
  }

  AddressBook book() {
    return book;
  }

  KernelCopy copy() {
    return copy;
  }

  /**
   * {@inheritDoc}
   *
   * @throws MemoryException also EBADF for a file of another system; EEXIST for a fixed address
   *     where the process has memory of its own; EPERM for a fixed address below 64 KiB
   */
  @Override
  public long map(MapRequest request) {
    return layout.map(request);
  }

  /**
   * Maps memory that is going to be huge: aligned to huge pages, advised before its first touch and
   * only then populated, if the request says so. On a kernel without huge pages it is ordinary
   * memory.
   *
   * @param request where the hint is ignored; the address is congruent to the file offset
   * @return the address
   * @throws MemoryException as {@link #map}
   */
  public long mapHuge(MapRequest request) {
    AddressRange range = layout.mapAligned(request, hugePageBytes);
    try (Use use = book.begin(range, Purpose.CALL, "madvise")) {
      madvise(range, Advice.HUGEPAGE.number());
      if (request.flags().contains(MapFlag.POPULATE)) {
        madvise(range, MADV_POPULATE_WRITE);
      }
    }
    return range.start();
  }

  /**
   * {@inheritDoc}
   *
   * @throws MemoryException also EBUSY while a view of part of it is open
   */
  @Override
  public void unmap(AddressRange range) {
    layout.unmap(range);
  }

  /**
   * {@inheritDoc}
   *
   * @throws MemoryException also EBUSY while a view of part of it is open
   */
  @Override
  public void protect(AddressRange range, Set<Protection> protection) {
    layout.protect(range, protection);
  }

  /**
   * {@inheritDoc}
   *
   * @throws MemoryException also EBUSY while a view of part of it is open, or another call uses it
   */
  @Override
  public long remap(AddressRange old, long newLengthBytes, Set<RemapFlag> flags, long hint) {
    return layout.remap(old, newLengthBytes, flags, hint);
  }

  @Override
  public void advise(AddressRange range, Advice advice) {
    AddressRange pages = Layout.pagesOf(range, "madvise");
    if (pages.isEmpty()) {
      return;
    }
    try (Use use = book.begin(pages, Purpose.CALL, "madvise")) {
      for (AddressRange run : Regions.runs(use.pieces())) {
        Refusal.check(madvise(run, advice.number()), "madvise(" + advice + ")", run.start());
      }
      if (!use.coversAll()) {
        throw Layout.notMapped("madvise(" + advice + ")", pages.start());
      }
    }
  }

  private long madvise(AddressRange range, int advice) {
    return calls.call(SystemCall.MADVISE, range.start(), range.lengthBytes(), advice);
  }

  @Override
  public BitSet residency(AddressRange range) {
    AddressRange pages = Layout.pagesOf(range, "mincore");
    BitSet resident = new BitSet();
    if (pages.isEmpty()) {
      return resident;
    }
    try (Use use = book.begin(pages, Purpose.CALL, "mincore");
        Arena arena = Arena.ofConfined()) {
      if (!use.coversAll()) {
        throw Layout.notMapped("mincore", pages.start());
      }
      long count = pages.lengthBytes() >>> Pages.SHIFT;
      MemorySegment bytes = arena.allocate(count);
      long result =
          calls.call(SystemCall.MINCORE, pages.start(), pages.lengthBytes(), bytes.address());
      Refusal.check(result, "mincore", pages.start());
      for (int page = 0; page < count; page++) {
        if ((bytes.get(ValueLayout.JAVA_BYTE, page) & 1) != 0) {
          resident.set(page);
        }
      }
      return resident;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The memory is touched inside a system call, so that waiting in a userfault holds up nobody
   * but the caller.
   */
  @Override
  public void read(long address, MemorySegment to) {
    if (to.isReadOnly()) {
      throw new IllegalArgumentException("a read-only segment cannot be read into");
    }
    try (Use use = beginAccess(address, to.byteSize(), "process_vm_readv")) {
      long owned = use.leadingBytes();
      long done = owned == 0 ? 0 : copy.read(address, to.asSlice(0, owned));
      requireWhole(done, to.byteSize(), "process_vm_readv", address);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The memory is touched inside a system call, so that waiting in a userfault holds up nobody
   * but the caller.
   */
  @Override
  public void write(long address, MemorySegment from) {
    try (Use use = beginAccess(address, from.byteSize(), "process_vm_writev")) {
      long owned = use.leadingBytes();
      long done = owned == 0 ? 0 : copy.write(address, from.asSlice(0, owned));
      requireWhole(done, from.byteSize(), "process_vm_writev", address);
    }
  }

  private Use beginAccess(long address, long lengthBytes, String call) {
    if (address < 0 || address + lengthBytes < 0) {
      throw new MemoryException(Errno.EFAULT, call, address, "not a user address");
    }
    return book.begin(new AddressRange(address, lengthBytes), Purpose.CALL, call);
  }

  /** A copy that a closing space has cut short, or let run on unwatched memory, is ESRCH. */
  private void requireWhole(long done, long wanted, String call, long address) {
    if (book.isClosed()) {
      throw new MemoryException(Errno.ESRCH, call, address, "the address space was closed");
    }
    if (done < wanted) {
      Errno errno = done >= 0 ? Errno.EFAULT : Refusal.errno(done).orElse(Errno.EIO);
      throw new MemoryException(
          errno, call, address + Math.max(done, 0), "this address cannot be accessed so");
    }
  }

  /** Returns whether a byte can be read, without risk. May wait in a userfault. */
  public boolean isReadable(long address) {
    try (Arena arena = Arena.ofConfined()) {
      read(address, arena.allocate(1));
      return true;
    } catch (MemoryException e) {
      return false;
    }
  }

  /**
   * Gives direct access to memory that nothing watches; as {@link #view(AddressRange, ViewMode)}.
   */
  public DirectView view(AddressRange range) {
    return view(range, ViewMode.UNWATCHED);
  }

  /**
   * Gives direct access to memory.
   *
   * @param range whole pages
   * @param mode what Java code may meet there; see {@link ViewMode} before using another than
   *     {@link ViewMode#UNWATCHED}
   * @throws MemoryException EINVAL for a range that is empty or not whole pages; ENOMEM if part of
   *     it is not mapped; EACCES if part of it cannot be read; EBUSY if a userfaultfd watches part
   *     of it and the mode does not admit that, or if another call is changing the range
   */
  public DirectView view(AddressRange range, ViewMode mode) {
    if (range.isEmpty() || !range.isPageAligned()) {
      throw new MemoryException(Errno.EINVAL, "view", range.start(), "not whole pages");
    }
    Use use = book.beginView(Layout.pagesOf(range, "view"), mode);
    try {
      if (!use.coversAll()) {
        throw Layout.notMapped("view", range.start());
      }
      int permitted = ~0;
      for (Regions.Region piece : use.pieces()) {
        permitted &= piece.bits();
      }
      if ((permitted & PROTECTION_READ) == 0) {
        throw new MemoryException(Errno.EACCES, "view", range.start(), "it cannot be read");
      }
      // Entering the kernel and coming back delivers an error that is still pending.
      Runnable settle = () -> calls.call(SystemCall.GETTID, 0, 0, 0);
      return new DirectView(range, (permitted & PROTECTION_WRITE) != 0, use, settle);
    } catch (MemoryException e) {
      use.close();
      throw e;
    }
  }

  /**
   * Looks at the page tables ({@code /proc/self/pagemap}), one word per page.
   *
   * @throws MemoryException as {@link #residency}; EPERM or EACCES where the file cannot be read
   */
  public Pagemap pagemap(AddressRange range) {
    AddressRange pages = Layout.pagesOf(range, "pagemap");
    try (Use use = book.begin(pages, Purpose.CALL, "pagemap")) {
      if (!use.coversAll()) {
        throw Layout.notMapped("pagemap", pages.start());
      }
      return Pagemap.of(calls, pages);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @return the lines of {@code /proc/self/smaps} that this space owns part of, cut to it; what is
   *     resident is reported for the whole line
   */
  @Override
  public List<MappingView> mappings() {
    try (Use use = book.begin(new AddressRange(0, 0), Purpose.CALL, "smaps")) {
      return ProcessMaps.of(book.everything());
    }
  }

  /**
   * Creates a userfaultfd. Where the system call is not permitted, {@code /dev/userfaultfd} is
   * tried.
   *
   * @throws MemoryException EPERM if neither is permitted; ENOSYS if the kernel has none
   */
  @Override
  public LinuxUserfaultfd userfaultfd(Set<UffdFlag> flags) {
    try (Use use = book.begin(new AddressRange(0, 0), Purpose.CALL, "userfaultfd")) {
      return LinuxUserfaultfd.create(calls, this, flags);
    }
  }

  /**
   * Is refused: a Java process cannot be copied.
   *
   * @throws MemoryException ENOSYS
   */
  @Override
  public AddressSpace fork() {
    throw refused("fork", "a Java process cannot be copied");
  }

  /**
   * Is refused: there is no software processor on real memory; use {@link #view}.
   *
   * @throws MemoryException ENOSYS
   */
  @Override
  public GuestCpu newCpu() {
    throw refused("newCpu", "real memory needs no software processor; use view");
  }

  /**
   * Is refused: a pin that outlives its mapping has no address to be used through; use {@link
   * #view}, which keeps the mapping.
   *
   * @throws MemoryException ENOSYS
   */
  @Override
  public Pin pin(AddressRange range, Access access) {
    throw refused("pin", "the running kernel gives no address to a pinned page; use view");
  }

  private MemoryException refused(String call, String reason) {
    if (book.isClosed()) {
      throw new IllegalStateException("the address space is closed");
    }
    return new MemoryException(Errno.ENOSYS, call, 0, reason);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Closes its userfaultfds and views. Memory that a call is using stays until it returns; a
   * view whose segment a call is using stays until it is closed.
   */
  @Override
  public void close() {
    book.close();
    whenClosed.accept(this);
  }
}
