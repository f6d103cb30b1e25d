/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.shmem;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.mm4j.PageRange;
import org.mm4j.spi.Allocation;
import org.mm4j.spi.BringIn;
import org.mm4j.spi.Folio;
import org.mm4j.spi.PageCacheCursor;

/** The bare bones of a collapse: enough to put a huge page into a file while others use it. */
final class TestCollapse {
  private final ShmemInode inode;
  private final PageRange range;
  private final List<Folio> sources = new ArrayList<>();

  private TestCollapse(ShmemInode inode, long start) {
    this.inode = inode;
    this.range = new PageRange(start, inode.kernel().settings().hugePages());
  }

  /** Collapses the huge-page-aligned range at an index if that is possible now. */
  static boolean collapse(ShmemInode inode, long start) {
    return new TestCollapse(inode, start).run();
  }

  private boolean run() {
    if (!(inode.kernel().folios().allocate(inode.kernel().settings().hugeOrder(), null)
        instanceof Allocation.Allocated allocated)) {
      return false;
    }
    Folio target = allocated.folio();
    target.lock();
    target.attach(inode, range.firstIndex());
    long holes = 0;
    boolean done = false;
    try {
      done = lockSources() && inode.operations().charge(holes());
      if (done) {
        holes = holes();
        copyTo(target);
        done = commit(target);
      }
    } finally {
      finish(target, done, holes);
    }
    return done;
  }

  private long holes() {
    return range.pageCount() - sources.stream().mapToLong(Folio::pageCount).sum();
  }

  private boolean lockSources() {
    long index = range.firstIndex();
    while (index < range.endIndex()) {
      switch (inode.operations().bringIn(index)) {
        case BringIn.Present present -> {
          Folio folio = present.folio();
          sources.add(folio);
          inode.pages().unmap(folio);
          index += folio.pageCount();
          if (folio.pageCount() == range.pageCount()
              || folio.references() != folio.pageCount() + 1) {
            return false;
          }
        }
        case BringIn.Absent.HOLE -> index++;
        case BringIn.Absent refused -> {
          return false;
        }
      }
    }
    return !sources.isEmpty();
  }

  private void copyTo(Folio target) {
    for (int page = 0; page < target.pageCount(); page++) {
      target.clearPage(page);
    }
    for (Folio source : sources) {
      int first = (int) (source.index() - range.firstIndex());
      for (int page = 0; page < source.pageCount(); page++) {
        target.copyPage(first + page, source, page);
      }
    }
  }

  private boolean commit(Folio target) {
    PageCacheCursor cursor = inode.pageCache().cursor(range);
    cursor.lock();
    try {
      if (!cursor.reserveNodes()) {
        return false;
      }
      for (long index = range.firstIndex(); index < range.endIndex(); index++) {
        if (!Objects.equals(cursor.load(index), sourceAt(index))) {
          return false;
        }
      }
      target.markUpToDate();
      target.markDirty();
      target.get(target.pageCount());
      cursor.storeWhole(target);
      cursor.adjustPresentPages(holes());
      target.addToLru();
      return true;
    } finally {
      cursor.unlock();
    }
  }

  private Folio sourceAt(long index) {
    for (Folio source : sources) {
      if (index >= source.index() && index < source.index() + source.pageCount()) {
        return source;
      }
    }
    return null;
  }

  private void finish(Folio target, boolean done, long charged) {
    for (Folio source : sources) {
      if (done) {
        source.detach();
        source.unlock();
        source.put(1 + source.pageCount());
      } else {
        InodePages.release(source);
      }
    }
    if (!done) {
      target.detach();
      if (charged > 0) {
        inode.operations().uncharge(charged);
      }
    }
    InodePages.release(target);
  }
}
