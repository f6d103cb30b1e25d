/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A guest process and its threads, which are host threads. Start at {@link
 * org.mm4j.examples.emulator.process.GuestProcess}; {@link
 * org.mm4j.examples.emulator.process.GuestThread} is the loop "run the hart, serve the trap".
 * System calls come in from outside through {@link org.mm4j.examples.emulator.process.SystemCalls},
 * and run with the processor OUTSIDE.
 *
 * <p>Locks: the futex table's, the process's (its threads), a thread's pending signals; none is
 * taken while another is held, none while user memory is touched or something waits.
 *
 * <p>How a process ends: its status is set, then every thread is asked to stop and interrupted, so
 * that a wait in a fault, a futex, a pipe or a sleep ends; each thread looks at the status before
 * it goes on. The last one to leave ends the process.
 */
@NullMarked
package org.mm4j.examples.emulator.process;

import org.jspecify.annotations.NullMarked;
