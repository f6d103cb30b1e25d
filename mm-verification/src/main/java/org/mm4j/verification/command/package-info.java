/* SPDX-License-Identifier: Apache-2.0 */

/**
 * {@code ./mm4j verify-interleavings}: explores pairs of roles, one after the other, and reports a
 * verdict for each.
 *
 * <p>Start at {@link org.mm4j.verification.command.VerifyInterleavings}, the command line. {@link
 * org.mm4j.verification.command.Trial} is one exploration, {@link
 * org.mm4j.verification.command.Report} the table of all.
 */
@NullMarked
package org.mm4j.verification.command;

import org.jspecify.annotations.NullMarked;
