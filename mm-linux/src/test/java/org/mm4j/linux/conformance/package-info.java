/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The same tests on the simulated and on the running kernel, through {@link org.mm4j} only.
 *
 * <p>Start at {@link org.mm4j.linux.conformance.BackendContract}: each contract states what Linux
 * documents and is run once per {@link org.mm4j.linux.conformance.Backend}. {@link
 * org.mm4j.linux.conformance.RandomCallsTest} makes the same random calls on both and compares
 * after each.
 */
@org.jspecify.annotations.NullMarked
package org.mm4j.linux.conformance;
