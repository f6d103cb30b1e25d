/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.List;
import java.util.Optional;

/** The named roles that are paired with each other. */
public final class Roles {
  /** {@code MADV_COLLAPSE}. */
  public static final Role COLLAPSE = Role.of(Operations.collapse());

  /** khugepaged. */
  public static final Role KHUGEPAGED = Role.of("khugepaged", Operations.scan());

  /** Registers, then looks for the hole without a lock: the window of the merged code. */
  public static final Role REGISTER =
      Role.of("register", Operations.register(), Operations.seekHole()).needing(Role.Needs.UNARMED);

  /** Registers, then looks for the hole with the lock. */
  public static final Role REGISTER_LOCKED =
      Role.of("register-locked", Operations.register(), Operations.lockedLookup())
          .needing(Role.Needs.UNARMED);

  /** Registers, then asks {@code mincore}. */
  public static final Role REGISTER_MINCORE =
      Role.of("register-mincore", Operations.register(), Operations.residencyOfHole())
          .needing(Role.Needs.UNARMED);

  /** Registers, then loads from the hole. */
  public static final Role REGISTER_LOAD =
      Role.of("register-load", Operations.register(), Operations.loadHole())
          .needing(Role.Needs.UNARMED);

  /** {@code UFFDIO_COPY}. */
  public static final Role COPY = Role.of(Operations.copy()).needing(Role.Needs.ARMED);

  /** Pins the page, so that a collapse that has begun is refused late; then {@code UFFDIO_COPY}. */
  public static final Role PIN_COPY =
      Role.of("pin-copy", Operations.pinPage(), Operations.copy()).needing(Role.Needs.ARMED);

  /** Every role, in the order of reports. */
  public static final List<Role> ALL =
      List.of(
          COLLAPSE,
          KHUGEPAGED,
          REGISTER,
          REGISTER_LOCKED,
          REGISTER_MINCORE,
          REGISTER_LOAD,
          Role.of(Operations.unregister()).needing(Role.Needs.ARMED),
          COPY,
          PIN_COPY,
          Role.of(Operations.zeropage()).needing(Role.Needs.ARMED),
          Role.of(Operations.loadHole()),
          Role.of(Operations.loadPage()),
          Role.of(Operations.storeHole()),
          Role.of(Operations.storePage()),
          Role.of(Operations.writeHole()),
          Role.of(Operations.writePage()),
          Role.of(Operations.readPage()),
          Role.of(Operations.punchPage()),
          Role.of(Operations.truncate()),
          Role.of(Operations.seekHole()),
          Role.of(Operations.seekData()),
          Role.of(Operations.residencyOfPage()),
          Role.of(Operations.lockedLookup()),
          Role.of(Operations.unmap()),
          Role.of(Operations.fork()));

  private Roles() {}

  /** Returns the role of a name, if there is one. */
  public static Optional<Role> named(String name) {
    return ALL.stream().filter(role -> role.name().equals(name)).findFirst();
  }
}
