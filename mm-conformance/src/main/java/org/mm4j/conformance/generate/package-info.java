/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Random scenarios, from a seed, that aim at the edges.
 *
 * <p>Start at {@link org.mm4j.conformance.generate.ScenarioGenerator}: which call comes next is
 * there; which addresses, lengths and offsets it gets is {@link
 * org.mm4j.conformance.generate.Aim}'s.
 */
@org.jspecify.annotations.NullMarked
package org.mm4j.conformance.generate;
