/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.sync;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Access to one reference field that is shared without a lock: the root of a tree, the mapping of a
 * folio.
 *
 * <p>Keep it in a {@code static final} field of the class that owns the reference.
 *
 * @param handle the handle of a reference instance field
 * @param type the type of the field
 * @param <T> the type of the field
 */
public record RefField<T>(VarHandle handle, Class<T> type) {
  /**
   * Finds a field.
   *
   * @param lookup the owner's own lookup
   * @param owner the class that declares it
   * @param name the name of the field
   * @param type its type
   */
  public static <T> RefField<T> of(
      MethodHandles.Lookup lookup, Class<?> owner, String name, Class<T> type) {
    try {
      return new RefField<>(lookup.findVarHandle(owner, name, type), type);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("no field " + name + " in " + owner.getName(), e);
    }
  }

  /** Returns the reference, ordered before everything after it. */
  @SuppressWarnings("unchecked") // the handle was looked up with this very type
  public @Nullable T get(Object owner) {
    return (T) Sync.backend().loadRef(handle, owner);
  }

  /** Stores the reference, ordered after everything before it. */
  public void set(Object owner, @Nullable T value) {
    Sync.backend().storeRef(handle, owner, value);
  }

  /** Sets the reference if it is {@code expected}; a full fence when it succeeds. */
  public boolean compareAndSet(Object owner, @Nullable T expected, @Nullable T value) {
    return Sync.backend().compareAndSetRef(handle, owner, expected, value);
  }
}
