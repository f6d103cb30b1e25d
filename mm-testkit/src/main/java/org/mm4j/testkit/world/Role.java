/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.world;

import java.util.List;

/**
 * What one task does: a few operations, one after the other, under one name.
 *
 * @param name the name in reports and on the command line
 * @param operations what it does
 * @param needs the registration it needs at the start
 */
public record Role(String name, List<Operation> operations, Needs needs) {
  /** What a role needs at the start. */
  public enum Needs {
    /** Nothing. */
    NOTHING,
    /** That the guest watches its mapping, unless another role registers it. */
    ARMED,
    /** That nobody watches, because the role registers. */
    UNARMED
  }

  /** Copies the list. */
  public Role {
    operations = List.copyOf(operations);
  }

  /** A role that needs nothing. */
  public static Role of(String name, Operation... operations) {
    return new Role(name, List.of(operations), Needs.NOTHING);
  }

  /** A role of one operation, which gives it its name. */
  public static Role of(Operation operation) {
    return of(operation.name(), operation);
  }

  /** The same with a need. */
  public Role needing(Needs need) {
    return new Role(name, operations, need);
  }

  /** Returns whether a task in this role may wait in a fault that nobody answers. */
  boolean mayWait() {
    return operations.stream()
        .map(Operation::name)
        .anyMatch(name -> name.matches("(load|store|pin)-.*"));
  }

  @Override
  public String toString() {
    return name;
  }
}
