/* SPDX-License-Identifier: Apache-2.0 */

/**
 * What a thread holds, and the rules about it. Start at {@link org.mm4j.testkit.locks.HeldLocks};
 * users meet only {@link org.mm4j.testkit.locks.LockViolation}.
 */
@NullMarked
package org.mm4j.testkit.locks;

import org.jspecify.annotations.NullMarked;
