/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;

/**
 * What an address space owns and who is using it. An address range goes back to the process only
 * when no call that was let in is still using it; otherwise the call could reach memory that
 * somebody else has got there meanwhile. Thread-safe.
 */
final class AddressBook {
  /** What a use does with its range. */
  enum Purpose {
    /** A call that needs the addresses to stay ours. */
    CALL,
    /**
     * A call that changes what is mapped or permitted there. Excludes views and its like: the book
     * and the kernel could disagree about which of two came last.
     */
    LAYOUT,
    /** Direct access until it is closed. */
    VIEW
  }

  /** Unmaps memory for good. */
  @FunctionalInterface
  interface Unmapper {
    /** Unmaps a range that nobody uses. */
    void unmap(AddressRange range);
  }

  private final Unmapper unmapper;
  private final ReentrantLock lock = new ReentrantLock();

  // All guarded by lock.
  private final Regions owned = new Regions();
  private final Set<Use> uses = new HashSet<>();
  private final List<AddressRange> unmapLater = new ArrayList<>();
  private final Map<LinuxUserfaultfd, Regions> armed = new HashMap<>();
  private boolean closed;

  AddressBook(Unmapper unmapper) {
    this.unmapper = unmapper;
  }

  /** A call or view in progress. Compared by identity. */
  final class Use implements AutoCloseable {
    private final AddressRange range;
    private final Purpose purpose;
    private final ViewMode mode;
    private final List<Regions.Region> pieces;
    private @Nullable Runnable revocation;

    private Use(AddressRange range, Purpose purpose, ViewMode mode, List<Regions.Region> pieces) {
      this.range = range;
      this.purpose = purpose;
      this.mode = mode;
      this.pieces = pieces;
    }

    /** What the space owned of the range when the use began. */
    List<Regions.Region> pieces() {
      return pieces;
    }

    /** Whether the space owned all of it. */
    boolean coversAll() {
      return Regions.cover(pieces, range);
    }

    /** How many bytes from the start of the range the space owned without a gap. */
    long leadingBytes() {
      List<AddressRange> runs = Regions.runs(pieces);
      boolean leads = !runs.isEmpty() && runs.getFirst().start() == range.start();
      return leads ? runs.getFirst().lengthBytes() : 0;
    }

    /** Says how a view is taken away when the space is closed. */
    void revokeWith(Runnable action) {
      lock.lock();
      try {
        revocation = action;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      end(this);
    }
  }

  /** A use of memory that is another process's: nothing is kept. */
  static Use unowned() {
    return new AddressBook(range -> {}).begin(new AddressRange(0, 0), Purpose.CALL, "");
  }

  /**
   * Begins a use.
   *
   * @throws IllegalStateException if the space is closed
   * @throws MemoryException EBUSY if a view or two changes of the layout would meet a change of the
   *     layout
   */
  Use begin(AddressRange range, Purpose purpose, String call) {
    return begin(range, purpose, ViewMode.UNWATCHED, call);
  }

  private Use begin(AddressRange range, Purpose purpose, ViewMode mode, String call) {
    lock.lock();
    try {
      requireOpen();
      requireNoOther(purpose, Purpose.VIEW, Purpose.LAYOUT, range, call);
      requireNoOther(purpose, Purpose.LAYOUT, Purpose.VIEW, range, call);
      requireNoOther(purpose, Purpose.LAYOUT, Purpose.LAYOUT, range, call);
      Use use = new Use(range, purpose, mode, owned.in(range));
      uses.add(use);
      return use;
    } finally {
      lock.unlock();
    }
  }

  private void requireNoOther(
      Purpose mine, Purpose one, Purpose excluded, AddressRange range, String call) {
    if (mine == one && isUsed(range, null, excluded)) {
      throw new MemoryException(
          Errno.EBUSY,
          call,
          range.start(),
          excluded == Purpose.VIEW ? "a view of it is open" : "its layout is being changed");
    }
  }

  /**
   * Begins a view.
   *
   * @throws MemoryException EBUSY also if a userfaultfd watches the range and the mode does not
   *     admit it
   */
  Use beginView(AddressRange range, ViewMode mode) {
    lock.lock();
    try {
      for (Regions watched : armed.values()) {
        for (Regions.Region piece : watched.in(range)) {
          requireAdmitted(mode, piece.bits() != 0, range, "view");
        }
      }
      return begin(range, Purpose.VIEW, mode, "view");
    } finally {
      lock.unlock();
    }
  }

  private static void requireAdmitted(
      ViewMode mode, boolean raisesSigbus, AddressRange range, String call) {
    boolean admitted =
        switch (mode) {
          case UNWATCHED -> false;
          case SIGBUS -> raisesSigbus;
          case MAY_STOP_THE_JVM -> true;
        };
    if (!admitted) {
      throw new MemoryException(
          Errno.EBUSY,
          call,
          range.start(),
          "Java code that touches a watched page can stop the JVM, and the view is " + mode);
    }
  }

  private void end(Use use) {
    List<AddressRange> free = new ArrayList<>();
    lock.lock();
    try {
      if (!uses.remove(use)) {
        return;
      }
      unmapLater.removeIf(range -> !isUsed(range, null, null) && free.add(range));
      collectIfClosed(free);
    } finally {
      lock.unlock();
    }
    free.forEach(unmapper::unmap);
  }

  private void collectIfClosed(List<AddressRange> free) {
    if (closed && uses.isEmpty()) {
      for (Regions.Region region : owned.all()) {
        free.add(region.range());
        owned.remove(region.range());
      }
      free.addAll(unmapLater);
      unmapLater.clear();
    }
  }

  private boolean isUsed(AddressRange range, @Nullable Use except, @Nullable Purpose purpose) {
    for (Use use : uses) {
      if (use != except
          && (purpose == null || use.purpose == purpose)
          && use.range.overlaps(range)) {
        return true;
      }
    }
    return false;
  }

  /** Adds what a call has mapped. */
  void add(AddressRange range, int protection) {
    lock.lock();
    try {
      owned.put(range, protection);
      cutUnmapLater(range);
    } finally {
      lock.unlock();
    }
  }

  /** What was mapped anew is not unmapped with what was there before. */
  private void cutUnmapLater(AddressRange range) {
    Regions rest = new Regions();
    unmapLater.forEach(each -> rest.put(each, 0));
    rest.remove(range);
    unmapLater.clear();
    rest.all().forEach(region -> unmapLater.add(region.range()));
  }

  /**
   * Takes a range out before it is unmapped or moved.
   *
   * @return whether other uses of it are in progress
   */
  boolean remove(AddressRange range, Use by) {
    lock.lock();
    try {
      owned.remove(range);
      return isUsed(range, by, null);
    } finally {
      lock.unlock();
    }
  }

  /** Puts back what {@link #remove} took out of a range, as it was when the use began. */
  void restore(List<Regions.Region> pieces, AddressRange range) {
    lock.lock();
    try {
      for (Regions.Region piece : pieces) {
        AddressRange part = piece.range().intersection(range);
        if (!part.isEmpty()) {
          owned.put(part, piece.bits());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the ranges that are only waiting for their last use. */
  List<AddressRange> unmappedLater() {
    lock.lock();
    try {
      return List.copyOf(unmapLater);
    } finally {
      lock.unlock();
    }
  }

  /** Leaves a range to the last use of it; the memory behind it is gone already. */
  void unmapLater(AddressRange range) {
    lock.lock();
    try {
      unmapLater.add(range);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Records that a userfaultfd is about to watch a range.
   *
   * @throws MemoryException EBUSY if a view of it does not admit that
   */
  void arm(LinuxUserfaultfd userfaultfd, AddressRange range, boolean raisesSigbus) {
    lock.lock();
    try {
      for (Use use : uses) {
        if (use.purpose == Purpose.VIEW && use.range.overlaps(range)) {
          requireAdmitted(use.mode, raisesSigbus, range, "UFFDIO_REGISTER");
        }
      }
      armed.computeIfAbsent(userfaultfd, key -> new Regions()).put(range, raisesSigbus ? 1 : 0);
    } finally {
      lock.unlock();
    }
  }

  /** Records that a userfaultfd no longer watches a range. */
  void disarm(LinuxUserfaultfd userfaultfd, AddressRange range) {
    lock.lock();
    try {
      Regions watched = armed.get(userfaultfd);
      if (watched != null) {
        watched.remove(range);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Records that nobody watches a range any more, because it was unmapped. */
  void disarmAll(AddressRange range) {
    lock.lock();
    try {
      armed.values().forEach(watched -> watched.remove(range));
    } finally {
      lock.unlock();
    }
  }

  /** Records that what was watched at one place is watched at another, too. */
  void armMoved(AddressRange from, long to) {
    lock.lock();
    try {
      for (Regions watched : armed.values()) {
        for (Regions.Region piece : watched.in(from)) {
          long start = piece.start() - from.start() + to;
          watched.put(new AddressRange(start, piece.end() - piece.start()), piece.bits());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Records a userfaultfd, so that closing the space closes it. */
  void adopt(LinuxUserfaultfd userfaultfd) {
    lock.lock();
    try {
      requireOpen();
      armed.put(userfaultfd, new Regions());
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a userfaultfd that was closed. */
  void forget(LinuxUserfaultfd userfaultfd) {
    lock.lock();
    try {
      armed.remove(userfaultfd);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the ranges a userfaultfd watches, for people. */
  List<AddressRange> watchedBy(LinuxUserfaultfd userfaultfd) {
    lock.lock();
    try {
      Regions watched = armed.get(userfaultfd);
      return watched == null ? List.of() : Regions.runs(watched.all());
    } finally {
      lock.unlock();
    }
  }

  /** Returns everything the space owns. */
  List<Regions.Region> everything() {
    lock.lock();
    try {
      return owned.all();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Closes the book: takes views away, closes userfaultfds; the last use unmaps everything. */
  void close() {
    List<Runnable> revocations = new ArrayList<>();
    List<LinuxUserfaultfd> userfaultfds;
    List<AddressRange> free = new ArrayList<>();
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      for (Use use : uses) {
        if (use.revocation != null) {
          revocations.add(use.revocation);
        }
      }
      userfaultfds = List.copyOf(armed.keySet());
      collectIfClosed(free);
    } finally {
      lock.unlock();
    }
    userfaultfds.forEach(LinuxUserfaultfd::close);
    revocations.forEach(Runnable::run);
    free.forEach(unmapper::unmap);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the address space is closed");
    }
  }
}
