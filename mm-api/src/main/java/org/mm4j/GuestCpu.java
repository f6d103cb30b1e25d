/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * A processor that works on one address space: the loads, stores and fetches of guest code, through
 * a software TLB.
 *
 * <p><b>Ownership.</b> Only the thread that created it may call it, {@link
 * #translationGeneration()} and {@link #close()} included.
 *
 * <p><b>Two states.</b>
 *
 * <pre>{@code
 *          enter()
 * OUTSIDE ---------> INSIDE
 *         <---------
 *          exit(), a blocking fault, an exception
 * }</pre>
 *
 * INSIDE, the processor may use its translations, and whoever takes pages away waits until it has
 * passed a {@link #poll()} or left. So INSIDE the thread takes no lock, blocks on nothing, and
 * polls at least once per basic block or page of work; otherwise it stalls every unmap and collapse
 * of the address space. OUTSIDE, accesses work too, only slower: each one enters and exits by
 * itself. {@link #enter()} and {@link #exit()} are idempotent.
 *
 * <p><b>Faults.</b> An access that has no translation leaves, takes the fault (it may block for as
 * long as a userfaultfd handler pleases), enters again and repeats. One that cannot be resolved
 * throws {@link MemoryAccessException}, one that was interrupted while it waited {@link
 * MemoryException} with EINTR, one on a closed space {@link MemoryException} with ESRCH; after any
 * of them the processor is OUTSIDE.
 *
 * <p><b>Ordering.</b> Plain accesses are ordered as the host orders plain accesses; naturally
 * aligned ones are atomic. Unaligned ones work and may tear. Compare-and-exchange is sequentially
 * consistent and needs natural alignment (BUS_ADRALN). Values are little-endian.
 */
public abstract class GuestCpu implements AutoCloseable {
  /** For subclasses. */
  protected GuestCpu() {}

  /** Loads one byte. */
  public abstract byte loadByte(long address);

  /** Loads two bytes. */
  public abstract short loadShort(long address);

  /** Loads four bytes. */
  public abstract int loadInt(long address);

  /** Loads eight bytes. */
  public abstract long loadLong(long address);

  /** Stores one byte. */
  public abstract void storeByte(long address, byte value);

  /** Stores two bytes. */
  public abstract void storeShort(long address, short value);

  /** Stores four bytes. */
  public abstract void storeInt(long address, int value);

  /** Stores eight bytes. */
  public abstract void storeLong(long address, long value);

  /** Fetches two bytes of code: needs permission to execute. */
  public abstract short fetchShort(long address);

  /**
   * Stores four bytes if the memory holds what is expected.
   *
   * @return what the memory held
   */
  public abstract int compareAndExchangeInt(long address, int expected, int value);

  /**
   * Stores eight bytes if the memory holds what is expected.
   *
   * @return what the memory held
   */
  public abstract long compareAndExchangeLong(long address, long expected, long value);

  /**
   * Returns a number that changes whenever a translation of the address space may have been
   * withdrawn or narrowed. An interpreter that keeps decoded code must look at the code again when
   * it changed.
   */
  public abstract long translationGeneration();

  /** Goes INSIDE. */
  public abstract void enter();

  /** Goes OUTSIDE; before it returns, nothing of this processor's uses a translation any more. */
  public abstract void exit();

  /**
   * Forgets translations that have been withdrawn; to be called at every back edge while INSIDE.
   * Cheap.
   */
  public abstract void poll();

  /**
   * Runs something that may block, OUTSIDE, and returns in the state the processor was in before.
   *
   * @param blocking what to run
   */
  public abstract void outside(Runnable blocking);

  /** Takes the processor off the address space. Closing twice does nothing. */
  @Override
  public abstract void close();
}
