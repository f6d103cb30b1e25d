/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One run of one program, put together: kernel, memory, files, process. Start at {@link
 * org.mm4j.examples.emulator.machine.Machine}. No locks.
 */
@NullMarked
package org.mm4j.examples.emulator.machine;

import org.jspecify.annotations.NullMarked;
