/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Litmus tests of the primitives of {@code org.mm4j.sync} as production uses them, on this
 * processor and with this just-in-time compiler: the explorer takes for granted what is tested
 * here.
 *
 * <p>Start at {@link org.mm4j.bench.litmus.CollapseAndRegistration}, the pair of fences that the
 * invariant rests on. Run with {@code mvn -B -Pjcstress -DskipTests -pl mm-bench -am verify}.
 */
@NullMarked
package org.mm4j.bench.litmus;

import org.jspecify.annotations.NullMarked;
