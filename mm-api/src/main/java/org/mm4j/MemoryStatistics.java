/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j;

/**
 * Figures of a memory system at one moment.
 *
 * @param totalFrames 4 KiB frames of physical memory
 * @param freeFrames those that nobody uses
 * @param committedBytes physical memory that the host has given so far
 * @param metadataBytes what the bookkeeping of the resident pages takes, by the layout of its
 *     objects
 * @param faults faults that ended with a translation
 * @param faultNanos the time they took, in nanoseconds; waits in a userfaultfd not included
 * @param flushes how often processors were told to forget translations
 * @param longestFlushNanos the longest time one of them took, in nanoseconds
 */
public record MemoryStatistics(
    long totalFrames,
    long freeFrames,
    long committedBytes,
    long metadataBytes,
    long faults,
    long faultNanos,
    long flushes,
    long longestFlushNanos) {
  /** Returns how many frames are in use. */
  public long usedFrames() {
    return totalFrames - freeFrames;
  }
}
