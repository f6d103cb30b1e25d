/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The guest's memory on the library: one memory file as RAM, as in a virtual machine monitor.
 *
 * <p>Start at {@link org.mm4j.examples.emulator.memory.GuestMemory}, which maps, unmaps and moves.
 * {@code AddressMap} knows what is mapped where and finds gaps, {@code ProgramBreak} is the heap's
 * end, {@link org.mm4j.examples.emulator.memory.UserMemory} copies for system calls, {@link
 * org.mm4j.examples.emulator.memory.Struct} is one structure in user memory.
 *
 * <p>One lock: that of {@code GuestMemory}. It makes "unmap and punch the hole" one step for
 * whoever maps; it is never held while something waits in a userfault.
 */
@NullMarked
package org.mm4j.examples.emulator.memory;

import org.jspecify.annotations.NullMarked;
