/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Access to one {@code long} field that is shared without a lock: a state word, a reference count,
 * the flags of a VMA, the state of a processor.
 *
 * <p>Keep it in a {@code static final} field of the class that owns the word; being a record, its
 * handle is then a constant to the JIT, and an access costs what the machine's access costs.
 *
 * @param handle the handle of a {@code long} instance field
 */
public record WordField(VarHandle handle) {
  /**
   * Finds a field.
   *
   * @param lookup the owner's own lookup
   * @param owner the class that declares it
   * @param name the name of a {@code long} field
   */
  public static WordField of(MethodHandles.Lookup lookup, Class<?> owner, String name) {
    try {
      return new WordField(lookup.findVarHandle(owner, name, long.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("no long field " + name + " in " + owner.getName(), e);
    }
  }

  /** Returns the word without any ordering: what a check reads that a fence orders. */
  public long getOpaque(Object owner) {
    return Sync.backend().loadWordOpaque(handle, owner);
  }

  /** Returns the word, ordered before everything after it. */
  public long getAcquire(Object owner) {
    return Sync.backend().loadWordAcquire(handle, owner);
  }

  /** Stores the word without any ordering. */
  public void setOpaque(Object owner, long value) {
    Sync.backend().storeWordOpaque(handle, owner, value);
  }

  /** Stores the word, ordered after everything before it. */
  public void setRelease(Object owner, long value) {
    Sync.backend().storeWordRelease(handle, owner, value);
  }

  /** Stores the word and orders it before every later load. */
  public void setVolatile(Object owner, long value) {
    Sync.backend().storeWordVolatile(handle, owner, value);
  }

  /** Sets the word if it is {@code expected}; a full fence when it succeeds. */
  public boolean compareAndSet(Object owner, long expected, long value) {
    return Sync.backend().compareAndSetWordField(handle, owner, expected, value);
  }

  /** Adds to the word and returns its value before; a full fence. */
  public long getAndAdd(Object owner, long delta) {
    return Sync.backend().getAndAddWord(handle, owner, delta);
  }

  /** Adds to the word, for figures whose value before nobody needs; a full fence. */
  public void add(Object owner, long delta) {
    Sync.backend().addToWord(handle, owner, delta);
  }

  /**
   * Adds to the word if a part of it is within bounds; a full fence if it does. A counter in the
   * word can so be changed without a look at it before; two such changes that both stay within
   * their bounds may change places.
   *
   * @param mask which part of the word, without the sign bit
   * @param least the least value of {@code word & mask} that permits it
   * @param most the greatest one
   * @param delta what is added to the whole word
   * @return whether it was added; if not, nothing changed
   */
  public boolean addIfWithin(Object owner, long mask, long least, long most, long delta) {
    return Sync.backend().addIfWithin(handle, owner, mask, least, most, delta);
  }

  /** Sets bits and returns the value before; a full fence unless all were set. */
  public long getAndSetBits(Object owner, long bits) {
    return Sync.backend().getAndSetBits(handle, owner, bits);
  }

  /** Clears bits and returns the value before; a full fence unless all were clear. */
  public long getAndClearBits(Object owner, long bits) {
    return Sync.backend().getAndClearBits(handle, owner, bits);
  }
}
