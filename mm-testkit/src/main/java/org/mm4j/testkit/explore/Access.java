/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

/** Kinds of accesses to a cell, and which of them may not change places. */
final class Access {
  static final int LOAD = 0;
  static final int STORE = 1;
  static final int ADD = 2;
  static final int ACQUIRE_SHARED = 3;
  static final int ACQUIRE = 4;
  static final int RELEASE_SHARED = 5;
  static final int RELEASE = 6;

  /** An addition that depends on bounds. */
  static final int ADD_WITHIN = 7;

  static final int COUNT = 8;

  private static final int ALL = (1 << COUNT) - 1;

  /**
   * Which accesses of another task to the same cell would make an access that is not a step wrong,
   * one bit each, if they are not ordered by something else. An acquisition that blocks and a
   * release of the same lock are ordered by the lock.
   */
  private static final int[] RACES = {
    bits(STORE, ADD, ADD_WITHIN, ACQUIRE, RELEASE), // LOAD, and a try that would share
    ALL, // STORE, and a try
    ALL & ~bits(ADD), // ADD
    bits(STORE, ADD, ADD_WITHIN, ACQUIRE), // ACQUIRE_SHARED
    bits(LOAD, STORE, ADD, ADD_WITHIN, ACQUIRE_SHARED, ACQUIRE), // ACQUIRE
    bits(STORE, ADD, ADD_WITHIN), // RELEASE_SHARED
    bits(LOAD, STORE, ADD, ADD_WITHIN), // RELEASE
    ALL, // ADD_WITHIN
  };

  private Access() {}

  private static int bits(int... accesses) {
    int bits = 0;
    for (int access : accesses) {
      bits |= 1 << access;
    }
    return bits;
  }

  static int races(int access) {
    return RACES[access];
  }

  static boolean isRelease(int access) {
    return access == RELEASE_SHARED || access == RELEASE;
  }

  /** Returns whether the access only looks, and commutes with others that do. */
  static boolean looks(int access) {
    return access == LOAD || access == ACQUIRE_SHARED || access == RELEASE_SHARED;
  }

  static boolean isLock(int access) {
    return access >= ACQUIRE_SHARED && access <= RELEASE;
  }

  /** Returns whether the access adds, and commutes with others that do as long as all succeed. */
  static boolean adds(int access) {
    return access == ADD || access == ADD_WITHIN;
  }

  /** Returns whether two steps on the same cell may not change places. */
  static boolean areDependent(int one, int other) {
    return !(looks(one) && looks(other)) && !(one == ADD && other == ADD);
  }
}
