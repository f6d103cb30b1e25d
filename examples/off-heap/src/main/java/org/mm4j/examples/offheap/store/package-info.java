/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The store: records of one size in memory that may be of any kind. Start at {@link
 * org.mm4j.examples.offheap.store.RecordStore}. No locks: a store belongs to one thread.
 */
@NullMarked
package org.mm4j.examples.offheap.store;

import org.jspecify.annotations.NullMarked;
