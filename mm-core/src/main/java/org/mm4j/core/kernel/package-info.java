/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The simulated kernel: puts frames, address spaces and features together.
 *
 * <p>{@link org.mm4j.core.kernel.SimulatedKernelProvider} is found by {@code
 * MemorySystem.simulated()} and makes a {@link org.mm4j.core.kernel.KernelBuilder}, which makes a
 * {@link org.mm4j.core.kernel.SimulatedKernel}. Memory files, userfaultfds and khugepaged are
 * features that register themselves; this module knows none of them.
 *
 * <p>Locks: the list of address spaces has a lock of rank DAEMON, under which nothing is acquired.
 */
@NullMarked
package org.mm4j.core.kernel;

import org.jspecify.annotations.NullMarked;
