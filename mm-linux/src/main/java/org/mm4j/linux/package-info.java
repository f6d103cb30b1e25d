/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The running Linux kernel behind the calls of {@link org.mm4j}.
 *
 * <p><b>Where to start.</b> {@link org.mm4j.linux.LinuxMemory#probe()} says what is there, and for
 * each missing thing the reason and the remedy; {@link org.mm4j.linux.LinuxMemory#open()} opens it.
 *
 * <p><b>The danger this package keeps away.</b> A Java thread that touches a page that a
 * userfaultfd watches sleeps in the kernel, while the JVM still counts it as running Java code: the
 * next safepoint (a garbage collection, say) waits for it, and so does the handler that would have
 * filled the page. The JVM stands still for ever. Therefore:
 *
 * <ul>
 *   <li>{@link org.mm4j.AddressSpace#read} and {@link org.mm4j.AddressSpace#write} touch memory
 *       inside a system call, where a sleeping thread holds nobody up. They may be used on every
 *       range, and an address that cannot be used is an exception, not a signal.
 *   <li>{@link org.mm4j.linux.LinuxAddressSpace#view} gives direct access to memory that nothing
 *       watches. While the view is open, no userfaultfd can be registered over it.
 *   <li>Direct access to watched memory has to be asked for by {@link org.mm4j.linux.ViewMode}: as
 *       {@code SIGBUS}, for userfaultfds that raise SIGBUS instead of waiting; or by the name that
 *       says what it can do to the JVM.
 * </ul>
 *
 * <p>A virtual thread that waits inside a system call keeps its carrier. Let platform threads touch
 * watched memory and handle its faults; otherwise every carrier may wait for a handler that has
 * none.
 *
 * <p><b>Ownership.</b> An address space is a scope over what was mapped through it. Calls reach
 * nothing else: to them the rest of the process, the Java heap included, is not mapped. The
 * addresses of an unmapped range are given back when the last call that uses them has returned.
 *
 * <p><b>Locks.</b> One per address space, guarding its bookkeeping; never held across a call that
 * can wait in a userfault.
 */
@NullMarked
package org.mm4j.linux;

import org.jspecify.annotations.NullMarked;
