/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.testkit.explore;

import org.jspecify.annotations.Nullable;

/**
 * What a location is called in every run that begins the same way.
 *
 * @param object the number of the object
 * @param field the handle of its field, or null
 * @param index the index of the element, or -1
 */
record CellName(int object, @Nullable Object field, long index) {}
