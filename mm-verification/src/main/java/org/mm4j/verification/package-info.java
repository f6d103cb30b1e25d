/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Worlds of a few pages, operations on them, and the monitors that watch the rules: what the
 * explorer of the test kit explores on the built-in kernel.
 */
@NullMarked
package org.mm4j.verification;

import org.jspecify.annotations.NullMarked;
