/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Small worlds to explore: a few pages of a file, operations on them, and the monitors that watch
 * the rules of {@code docs/SPEC.md}. Start with {@link org.mm4j.testkit.world.Scenario}.
 *
 * <p>A world is built from whatever simulated kernel is on the path, with whatever strategy and
 * extensions its plan names; nothing here knows the built-in ones.
 */
@NullMarked
package org.mm4j.testkit.world;

import org.jspecify.annotations.NullMarked;
