/* SPDX-License-Identifier: Apache-2.0 */

/**
 * What tests of mm4j, and of what others plug into it, share.
 *
 * <ul>
 *   <li>{@link org.mm4j.testkit.RankCheckingSync}: with this module on the path every lock of the
 *       process is checked against the lock order, without a line in the test;
 *   <li>{@link org.mm4j.testkit.KernelExtension}: a small simulated kernel per test, checked and
 *       balanced afterwards; start here;
 *   <li>{@link org.mm4j.testkit.InvariantChecker}: whether the books of a kernel agree;
 *   <li>{@link org.mm4j.testkit.AuditDifference}: what an operation changed in them;
 *   <li>{@link org.mm4j.testkit.Seeds}: seeds of random tests.
 * </ul>
 */
@NullMarked
package org.mm4j.testkit;

import org.jspecify.annotations.NullMarked;
