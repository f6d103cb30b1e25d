/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Explores the interleavings of real code; start at {@link org.mm4j.testkit.explore.Exploration}.
 */
@NullMarked
package org.mm4j.testkit.explore;

import org.jspecify.annotations.NullMarked;
