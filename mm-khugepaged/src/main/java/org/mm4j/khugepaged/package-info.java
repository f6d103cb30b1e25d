/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Who makes huge pages: the engine that runs a collapse strategy and loses nothing whatever the
 * strategy does.
 *
 * <p>Start at {@link org.mm4j.khugepaged.CollapseEngine}. The strategies are in {@link
 * org.mm4j.khugepaged.strategy}.
 */
@NullMarked
package org.mm4j.khugepaged;

import org.jspecify.annotations.NullMarked;
