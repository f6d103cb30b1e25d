/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the emulator tells people: the crash report, the figures at the end of a run, live progress,
 * the verdicts of migrations side by side. Text comes back as strings; printing is the command
 * line's. Start at {@link org.mm4j.examples.emulator.report.RunReport}. No locks.
 */
@NullMarked
package org.mm4j.examples.emulator.report;

import org.jspecify.annotations.NullMarked;
