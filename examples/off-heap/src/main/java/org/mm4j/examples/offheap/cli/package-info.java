/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The command line. Start at {@link org.mm4j.examples.offheap.cli.OffHeapCommandLine}; what it
 * shows is in {@code StoreTour}. One thread, no locks.
 */
@NullMarked
package org.mm4j.examples.offheap.cli;

import org.jspecify.annotations.NullMarked;
