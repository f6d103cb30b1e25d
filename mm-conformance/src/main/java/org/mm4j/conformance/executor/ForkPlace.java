/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.executor;

/**
 * What a process that is being forked will have of the shared area.
 *
 * @param processIndex its scratch memory
 * @param slotIndex the slot of its first lane
 */
record ForkPlace(int processIndex, int slotIndex) {}
