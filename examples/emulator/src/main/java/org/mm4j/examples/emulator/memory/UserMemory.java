/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.mm4j.AddressSpace;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.Pages;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/**
 * What system calls read and write in user memory. Faults pages in, and may wait in a userfault;
 * whatever cannot be accessed is EFAULT. As in Linux, a signal does not end such a wait: only the
 * end of the process does. Thread-safe.
 */
public final class UserMemory {
  private final AddressSpace space;
  private volatile boolean hasGivenUp;

  /** Creates access to one address space. */
  public UserMemory(AddressSpace space) {
    this.space = space;
  }

  /** From now on interrupts end accesses that wait, with EINTR: the process ends. */
  public void giveUp() {
    hasGivenUp = true;
  }

  private void read(long address, MemorySegment to) {
    move(address, to, space::read);
  }

  private void write(long address, MemorySegment from) {
    move(address, from, space::write);
  }

  private void move(long address, MemorySegment bytes, Transfer transfer) {
    boolean wasInterrupted = false;
    try {
      while (true) {
        try {
          transfer.move(address, bytes);
          return;
        } catch (MemoryException failure) {
          if (failure.errno() != Errno.EINTR || hasGivenUp) {
            throw failure;
          }
          wasInterrupted = true;
          Thread.interrupted(); // or the next wait would end at once
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Reads bytes. */
  public byte[] readBytes(long address, int length) {
    byte[] bytes = new byte[length];
    if (length > 0) {
      read(address, MemorySegment.ofArray(bytes));
    }
    return bytes;
  }

  /** Writes bytes. */
  public void writeBytes(long address, byte[] bytes) {
    if (bytes.length > 0) {
      write(address, MemorySegment.ofArray(bytes));
    }
  }

  /** Reads eight bytes. */
  public long readLong(long address) {
    return Struct.read(this, address, Long.BYTES).getLong(0);
  }

  /** Reads four bytes. */
  public int readInt(long address) {
    return Struct.read(this, address, Integer.BYTES).getInt(0);
  }

  /** Writes eight bytes. */
  public void writeLong(long address, long value) {
    new Struct(Long.BYTES).setLong(0, value).write(this, address);
  }

  /** Writes four bytes. */
  public void writeInt(long address, int value) {
    new Struct(Integer.BYTES).setInt(0, value).write(this, address);
  }

  /**
   * Reads a string that ends with a zero byte.
   *
   * @param maxLength the most bytes it may have, the zero included
   * @throws SyscallException ENAMETOOLONG if it is longer
   */
  public String readString(long address, int maxLength) {
    byte[] text = new byte[maxLength];
    int length = 0;
    while (length < maxLength) {
      long from = address + length;
      int chunk = (int) Math.min(maxLength - length, Pages.SIZE_BYTES - (from & Pages.OFFSET_MASK));
      read(from, MemorySegment.ofArray(text).asSlice(length, chunk));
      for (int end = length; end < length + chunk; end++) {
        if (text[end] == 0) {
          return new String(text, 0, end, StandardCharsets.UTF_8);
        }
      }
      length += chunk;
    }
    throw new SyscallException(LinuxErrno.ENAMETOOLONG);
  }

  /**
   * Reads as much as can be read.
   *
   * @return how many bytes, at least 1 unless the segment is empty
   * @throws MemoryException EFAULT if not even the first byte can be read
   */
  public int readUpTo(long address, MemorySegment to) {
    return transfer(address, to, this::read);
  }

  /**
   * Writes as much as can be written.
   *
   * @return how many bytes, at least 1 unless the segment is empty
   * @throws MemoryException EFAULT if not even the first byte can be written
   */
  public int writeUpTo(long address, MemorySegment from) {
    return transfer(address, from, this::write);
  }

  private static int transfer(long address, MemorySegment bytes, Transfer transfer) {
    int length = Math.toIntExact(bytes.byteSize());
    int done = 0;
    try {
      while (done < length) {
        long at = address + done;
        int chunk = (int) Math.min(length - done, Pages.SIZE_BYTES - (at & Pages.OFFSET_MASK));
        transfer.move(at, bytes.asSlice(done, chunk));
        done += chunk;
      }
    } catch (MemoryException failure) {
      if (done == 0 || failure.errno() != Errno.EFAULT) {
        throw failure;
      }
    }
    return done;
  }

  private interface Transfer {
    void move(long address, MemorySegment bytes);
  }
}
