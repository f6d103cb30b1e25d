/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The command line, by picocli. Start at {@link
 * org.mm4j.examples.emulator.cli.EmulatorCommandLine}; one class per command. A user's mistake is a
 * {@code UserMistake}: one line and exit status 2. No locks.
 */
@NullMarked
package org.mm4j.examples.emulator.cli;

import org.jspecify.annotations.NullMarked;
