/* SPDX-License-Identifier: Apache-2.0 */

/**
 * What is done and what is seen: calls, steps, scenarios and their text form; outcomes and
 * observations.
 *
 * <p>Start at {@link org.mm4j.conformance.scenario.Scenario}. A call is a {@link
 * org.mm4j.conformance.scenario.CallKind} with numbers for its {@link
 * org.mm4j.conformance.scenario.Parameter}s, in Linux's encoding; what is printed can be parsed
 * again. A new call needs a constant there, a case in each side, and a weight in the generator.
 */
@org.jspecify.annotations.NullMarked
package org.mm4j.conformance.scenario;
