/* SPDX-License-Identifier: Apache-2.0 */

/** What tests of mm4j share. {@link org.mm4j.testkit.Seeds}: seeds of random tests. */
@NullMarked
package org.mm4j.testkit;

import org.jspecify.annotations.NullMarked;
