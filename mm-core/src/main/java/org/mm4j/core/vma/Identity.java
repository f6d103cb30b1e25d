/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.core.vma;

import org.jspecify.annotations.Nullable;

/**
 * Sameness of objects: files, watchers and address spaces are told apart by what they are, whatever
 * notion of equality a class of somebody else has.
 */
final class Identity {
  private Identity() {}

  /** Returns whether both are one object, or neither is any. */
  @SuppressWarnings("ReferenceEquality") // that is the point
  static boolean same(@Nullable Object one, @Nullable Object other) {
    return one == other;
  }
}
