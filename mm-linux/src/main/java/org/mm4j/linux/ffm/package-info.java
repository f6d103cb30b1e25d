/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The bindings: system calls by number, nothing else. Not exported.
 *
 * <p>Every call is an ordinary downcall, never a critical one: a thread that blocks in the kernel
 * (in a userfault above all) counts as being in native code, so the JVM reaches its safepoints
 * without it. Start at {@link org.mm4j.linux.ffm.SystemCalls}.
 */
@NullMarked
package org.mm4j.linux.ffm;

import org.jspecify.annotations.NullMarked;
