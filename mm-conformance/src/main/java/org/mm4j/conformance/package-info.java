/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The comparison of the simulated kernel with the running one.
 *
 * <p>The running kernel is driven through a child process that executes raw system calls, in {@code
 * org.mm4j.conformance.executor}.
 */
@org.jspecify.annotations.NullMarked
package org.mm4j.conformance;
