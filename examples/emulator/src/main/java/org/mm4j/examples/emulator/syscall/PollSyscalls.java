/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;
import org.mm4j.examples.emulator.file.FileTable;
import org.mm4j.examples.emulator.file.OpenFile;
import org.mm4j.examples.emulator.file.Readiness;
import org.mm4j.examples.emulator.file.Subscription;
import org.mm4j.examples.emulator.memory.Struct;

/** Waiting for files: ppoll and pselect6. */
final class PollSyscalls {
  private static final int ENTRY_BYTES = 8;
  private static final int ALWAYS = Readiness.ERROR | Readiness.HANG_UP | Readiness.INVALID;

  private PollSyscalls() {}

  static void register(SyscallTable table) {
    table.add(72, PollSyscalls::pselect6);
    table.add(73, PollSyscalls::ppoll);
  }

  private static long ppoll(Arguments a) throws InterruptedException {
    int count = a.getInt(1);
    if (count < 0 || count > FileTable.MAX_DESCRIPTORS) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    long nanos = a.get(2) == 0 ? Long.MAX_VALUE : Deadline.nanos(a, a.get(2));
    Struct entries = Struct.read(a.user(), a.get(0), count * ENTRY_BYTES);
    @Nullable OpenFile[] files = new OpenFile[count];
    for (int i = 0; i < count; i++) {
      files[i] = a.findFile(entries.getInt(i * ENTRY_BYTES));
    }
    blockSignals(a, a.get(3));
    int ready = await(files, nanos, () -> examine(entries, files));
    entries.write(a.user(), a.get(0));
    return ready;
  }

  private static int examine(Struct entries, @Nullable OpenFile[] files) {
    int ready = 0;
    for (int i = 0; i < files.length; i++) {
      int at = i * ENTRY_BYTES;
      OpenFile file = files[i];
      int events = 0;
      if (file != null) {
        events = file.readiness() & (entries.getShort(at + 4) | ALWAYS);
      } else if (entries.getInt(at) >= 0) {
        events = Readiness.INVALID;
      }
      entries.setShort(at + 6, events);
      ready += events != 0 ? 1 : 0;
    }
    return ready;
  }

  private static void blockSignals(Arguments a, long maskAddress) throws InterruptedException {
    if (maskAddress != 0) {
      a.thread().blockForOneCall(a.user().readLong(maskAddress));
    }
  }

  /** Listens first and looks second, so that nothing is missed in between. */
  private static int await(@Nullable OpenFile[] files, long nanos, IntSupplier examine)
      throws InterruptedException {
    int ready = examine.getAsInt();
    if (ready != 0 || nanos == 0) {
      return ready;
    }
    Semaphore changes = new Semaphore(0);
    List<Subscription> subscriptions = new ArrayList<>();
    long deadline = nanos == Long.MAX_VALUE ? 0 : System.nanoTime() + nanos;
    try {
      for (OpenFile file : files) {
        if (file != null) {
          subscriptions.add(file.onChange(changes::release));
        }
      }
      while (true) {
        ready = examine.getAsInt();
        if (ready != 0) {
          return ready;
        }
        if (nanos == Long.MAX_VALUE) {
          changes.acquire();
        } else if (!changes.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return examine.getAsInt();
        }
        changes.drainPermits();
      }
    } finally {
      subscriptions.forEach(Subscription::close);
    }
  }

  private static long pselect6(Arguments a) throws InterruptedException {
    int count = a.getInt(0);
    if (count < 0 || count > FileTable.MAX_DESCRIPTORS) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    long nanos = a.get(4) == 0 ? Long.MAX_VALUE : Deadline.nanos(a, a.get(4));
    int[] events = {
      Readiness.IN | Readiness.HANG_UP | Readiness.ERROR, Readiness.OUT | Readiness.ERROR, 0
    };
    int bytes = (count + 63) / 64 * Long.BYTES;
    Struct[] wanted = new Struct[3];
    for (int set = 0; set < 3; set++) {
      long address = a.get(1 + set);
      wanted[set] = address == 0 ? new Struct(bytes) : Struct.read(a.user(), address, bytes);
    }
    @Nullable OpenFile[] files = new OpenFile[count];
    for (int fd = 0; fd < count; fd++) {
      if (has(wanted[0], fd) || has(wanted[1], fd) || has(wanted[2], fd)) {
        files[fd] = a.file(fd);
      }
    }
    if (a.get(5) != 0) {
      blockSignals(a, a.user().readLong(a.get(5)));
    }
    Struct[] found = new Struct[3];
    int ready =
        await(
            files,
            nanos,
            () -> {
              int bits = 0;
              for (int set = 0; set < 3; set++) {
                found[set] = select(wanted[set], files, events[set], bytes);
                bits += count(found[set], count);
              }
              return bits;
            });
    for (int set = 0; set < 3; set++) {
      if (a.get(1 + set) != 0) {
        found[set].write(a.user(), a.get(1 + set));
      }
    }
    return ready;
  }

  private static Struct select(Struct wanted, @Nullable OpenFile[] files, int events, int bytes) {
    Struct found = new Struct(bytes);
    for (int fd = 0; fd < files.length; fd++) {
      OpenFile file = files[fd];
      if (file != null && has(wanted, fd) && (file.readiness() & events) != 0) {
        int word = fd / 64 * Long.BYTES;
        found.setLong(word, found.getLong(word) | 1L << fd);
      }
    }
    return found;
  }

  private static boolean has(Struct set, int fd) {
    return (set.getLong(fd / 64 * Long.BYTES) >>> fd & 1) != 0;
  }

  private static int count(Struct set, int bits) {
    int count = 0;
    for (int fd = 0; fd < bits; fd++) {
      count += has(set, fd) ? 1 : 0;
    }
    return count;
  }
}
