/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.util.Set;
import org.mm4j.MapFlag;
import org.mm4j.Protection;
import org.mm4j.RemapFlag;

/** Sets of flags as the bits of the system calls; the same on x86-64 and aarch64. */
final class MapBits {
  static final int NONE = 0;
  static final int MAP_PRIVATE = 0x2;
  static final int MAP_FIXED = 0x10;
  static final int MAP_ANONYMOUS = 0x20;
  static final int MAP_NORESERVE = 0x4000;
  static final int MAP_FIXED_NOREPLACE = 0x10_0000;

  private MapBits() {}

  static int bits(Set<Protection> protection) {
    int bits = 0;
    for (Protection each : protection) {
      bits |=
          switch (each) {
            case READ -> 1;
            case WRITE -> 2;
            case EXECUTE -> 4;
          };
    }
    return bits;
  }

  static int mapBits(Set<MapFlag> flags) {
    int bits = 0;
    for (MapFlag each : flags) {
      bits |=
          switch (each) {
            case SHARED -> 0x1;
            case PRIVATE -> MAP_PRIVATE;
            case ANONYMOUS -> MAP_ANONYMOUS;
            case FIXED -> MAP_FIXED;
            case FIXED_NOREPLACE -> MAP_FIXED_NOREPLACE;
            case POPULATE -> 0x8000;
          };
    }
    return bits;
  }

  static int remapBits(Set<RemapFlag> flags) {
    int bits = 0;
    for (RemapFlag each : flags) {
      bits |=
          switch (each) {
            case MAY_MOVE -> 1;
            case FIXED -> 2;
            case DONT_UNMAP -> 4;
          };
    }
    return bits;
  }
}
