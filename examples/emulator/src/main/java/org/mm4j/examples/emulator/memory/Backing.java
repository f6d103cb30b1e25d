/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

/**
 * What is behind a mapped address: a memory file and where in it. An address {@code a} shows the
 * byte at offset {@code a + delta}.
 *
 * @param file which file; every file equals itself only
 * @param delta file offset minus address
 */
record Backing(Object file, long delta) {}
