/* SPDX-License-Identifier: Apache-2.0 */

/** The mechanism of the simulated kernel: frames, page cache, VMAs, page tables, faults. */
module org.mm4j.core {
  requires org.mm4j.api;
  requires org.slf4j;
  requires static org.jspecify;
}
