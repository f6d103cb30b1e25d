/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.syscall;

import java.util.EnumSet;
import java.util.Set;
import org.mm4j.MemoryFile;
import org.mm4j.Seal;
import org.mm4j.examples.emulator.abi.LinuxErrno;
import org.mm4j.examples.emulator.abi.SyscallException;

/** Seals of a memory file, by their bits. */
final class Seals {
  private Seals() {}

  static void add(MemoryFile file, int bits) {
    Set<Seal> seals = EnumSet.noneOf(Seal.class);
    int known = 0;
    for (Seal seal : Seal.values()) {
      known |= seal.bit();
      if ((bits & seal.bit()) != 0) {
        seals.add(seal);
      }
    }
    if ((bits & ~known) != 0) {
      throw new SyscallException(LinuxErrno.EINVAL);
    }
    file.addSeals(seals);
  }
}
