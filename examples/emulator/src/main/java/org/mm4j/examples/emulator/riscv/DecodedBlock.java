/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import org.jspecify.annotations.Nullable;

/**
 * A run of decoded instructions that is entered at its first one only.
 *
 * <p>Conditional branches may leave it in the middle; it ends at a jump, a trap, the end of its
 * page, or a size limit. The instructions' bytes are kept so that the block can be compared with
 * memory after a translation was withdrawn.
 */
final class DecodedBlock {
  /** The address of the first instruction. */
  final long start;

  /** The address after the last instruction. */
  final long end;

  /** Packed instructions, the last one of which leaves the block in any case. */
  final long[] code;

  /** The bytes that were decoded, in units of two. */
  final short[] parcels;

  /** The translation generation in which the bytes were last known to be these. */
  long generation;

  /** The next block in the same bucket of the {@link CodeCache}. */
  @Nullable DecodedBlock next;

  DecodedBlock(long start, long[] code, short[] parcels, long generation) {
    this.start = start;
    this.end = start + 2L * parcels.length;
    this.code = code;
    this.parcels = parcels;
    this.generation = generation;
  }

  /** The address of the instruction with this index. */
  long addressOf(int index) {
    long address = start;
    for (int i = 0; i < index; i++) {
      address += Instruction.lengthBytes(code[i]);
    }
    return address;
  }

  /** The bits of the instruction at this address, which must be one of the block's. */
  int bitsAt(long address) {
    int index = (int) (address - start) / 2;
    int low = parcels[index] & 0xffff;
    return (low & 3) == 3 ? parcels[index + 1] << 16 | low : low;
  }
}
