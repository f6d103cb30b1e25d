/* SPDX-License-Identifier: Apache-2.0 */

/** What a thread holds, and the rules about it; not exported. */
@NullMarked
package org.mm4j.testkit.locks;

import org.jspecify.annotations.NullMarked;
