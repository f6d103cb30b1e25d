/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The command {@code ./mm4j conformance}: the long run, with progress, to be stopped and resumed.
 */
@org.jspecify.annotations.NullMarked
package org.mm4j.conformance.command;
