/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The kernels that are compared, as {@link org.mm4j.conformance.side.Side}s: the simulated one, the
 * running one, recorded answers.
 *
 * <p>A side makes the steps of a scenario and says what can be seen afterwards; {@link
 * org.mm4j.conformance.side.Observer} puts that into words, so that two sides that see the same say
 * the same.
 */
@org.jspecify.annotations.NullMarked
package org.mm4j.conformance.side;
