/* SPDX-License-Identifier: Apache-2.0 */

/**
 * An off-heap store on real huge pages, as a third party would write it: with the public API only.
 *
 * <p>Read in this order: {@link org.mm4j.examples.offheap.memory} (where the bytes lie), {@link
 * org.mm4j.examples.offheap.store} (the records), {@link org.mm4j.examples.offheap.collapse} (who
 * makes it huge, and why something is not), {@link org.mm4j.examples.offheap.measure} (what that is
 * worth), {@link org.mm4j.examples.offheap.cli}. {@link org.mm4j.examples.offheap.blocks} is
 * another matter: a page index of our own, on which the library's collapse strategies run.
 */
@NullMarked
package org.mm4j.examples.offheap;

import org.jspecify.annotations.NullMarked;
