/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

/**
 * What makes two futex words the same one: the same byte of the same file, however it is mapped, or
 * the same address of the process.
 *
 * @param file the file, or a stand-in for the process
 * @param offset the offset in the file, or the address
 */
public record FutexKey(Object file, long offset) {}
