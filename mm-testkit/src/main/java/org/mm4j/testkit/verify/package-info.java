/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Verification suites: the rules of {@code docs/SPEC.md} as tests to extend. An author says what is
 * to be verified and inherits the tests; each test method is named by its rule.
 *
 * <ul>
 *   <li>{@link org.mm4j.testkit.verify.CollapseStrategyVerification}: a collapse strategy; start
 *       here;
 *   <li>{@link org.mm4j.testkit.verify.PageCacheVerification}: a page cache.
 * </ul>
 *
 * <p>What somebody does not support is declared, with a reason, and skipped with that reason.
 */
@NullMarked
package org.mm4j.testkit.verify;

import org.jspecify.annotations.NullMarked;
