/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The types you call: a kernel's memory management as a library, the simulated one and the running
 * one alike.
 *
 * <p>Start at {@link org.mm4j.MemorySystem}: it makes {@link org.mm4j.MemoryFile}s and {@link
 * org.mm4j.AddressSpace}s; an address space maps files, gives advice, and makes {@link
 * org.mm4j.GuestCpu}s (loads and stores through a software TLB) and {@link org.mm4j.Userfaultfd}s
 * (tell me when a page is missing).
 *
 * <p>Errors: a refused call throws {@link org.mm4j.MemoryException} with Linux's errno and the
 * offending value, the state unchanged; an access that cannot be resolved throws {@link
 * org.mm4j.MemoryAccessException}; use after close is an {@link java.lang.IllegalStateException};
 * null arguments are a {@link java.lang.NullPointerException}.
 *
 * <p>All sizes and lengths are in bytes unless the name says pages; addresses are unsigned.
 */
@NullMarked
package org.mm4j;

import org.jspecify.annotations.NullMarked;
