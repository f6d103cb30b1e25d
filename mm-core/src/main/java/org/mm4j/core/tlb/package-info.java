/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Processors, their software TLBs, and the protocol that makes them forget: the counterpart of the
 * hardware's TLB and of the inter-processor interrupt.
 *
 * <p>Start at {@link org.mm4j.core.tlb.ShootdownDomain}, which has the protocol, then {@link
 * org.mm4j.core.tlb.SoftCpu}, the processor of a guest thread, and {@link
 * org.mm4j.core.tlb.PlainAccess}, which moves the bytes of system calls and is a processor in every
 * respect but the TLB.
 *
 * <p>The rules (numbers as in {@code docs/LOCKING.md}):
 *
 * <ul>
 *   <li>E1 INSIDE is the innermost rank: no lock, no wait, no listener, no allocation, at most one
 *       page or one basic block.
 *   <li>E2 Whoever flushes is OUTSIDE. It may hold any lock, because by E1 nobody INSIDE ever waits
 *       for one.
 *   <li>E3 A TLB entry is filled only INSIDE, from an entry that was read in the same stay.
 *   <li>E4 An entry is removed or narrowed first, flushed second; its frame is copied, freed or
 *       reused third. Removing many entries needs one flush.
 *   <li>E5 System calls borrow a processor of the address space, page by page.
 * </ul>
 *
 * <p>There is no lock in this package.
 */
@NullMarked
package org.mm4j.core.tlb;

import org.jspecify.annotations.NullMarked;
