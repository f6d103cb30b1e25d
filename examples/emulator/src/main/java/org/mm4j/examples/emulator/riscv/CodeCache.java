/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mm4j.GuestCpu;
import org.mm4j.MemoryAccessException;

/**
 * The decoded blocks of one hart, found by their first address.
 *
 * <p>A block is used only in the translation generation in which its bytes were last compared with
 * memory. After a generation change (unmap, protect, collapse) the bytes are fetched again: equal,
 * and the block is good for the new generation; different, and it is decoded again; gone, and the
 * fetch faults as it must. A store to code is seen after {@link #flush} only, which is what {@code
 * fence.i} is for.
 *
 * <p>Each bucket is a list whose first block the interpreter looks at by itself; the block used
 * last moves to the front. Owned by the hart's thread.
 */
final class CodeCache {
  private static final int BUCKETS = 1 << 15;
  private static final int MAX_BLOCKS = 1 << 16;
  private static final int MAX_INSTRUCTIONS = 64;
  private static final long PAGE_MASK = 4095;

  private final GuestCpu cpu;
  private final @Nullable DecodedBlock[] buckets = new DecodedBlock[BUCKETS];
  private int blockCount;

  /** The block being decoded, as memory is fetched INSIDE, where nothing may be allocated. */
  private final long[] code = new long[MAX_INSTRUCTIONS + 1];

  private final short[] parcels = new short[2 * MAX_INSTRUCTIONS];
  private int instructionCount;
  private int parcelCount;

  CodeCache(GuestCpu cpu) {
    this.cpu = cpu;
  }

  /** The buckets, for the interpreter's own look at the first block of one. */
  @Nullable DecodedBlock[] buckets() {
    return buckets;
  }

  /** The bucket of an address; the number of buckets is a power of two. */
  static int bucketOf(long address, int bucketCount) {
    return (int) (address >>> 1) & (bucketCount - 1);
  }

  /** Drops all decoded code. */
  void flush() {
    Arrays.fill(buckets, null);
    blockCount = 0;
  }

  /**
   * The block at an address, valid in the current translation generation.
   *
   * <p>Called INSIDE, and INSIDE again when it returns.
   *
   * @throws MemoryAccessException if the first instruction cannot be fetched; the CPU is OUTSIDE
   */
  DecodedBlock find(long address) {
    while (true) {
      long generation = cpu.translationGeneration();
      DecodedBlock block = lookUp(address);
      if (block == null || (block.generation != generation && !isUnchanged(block))) {
        block = decode(address, generation);
      }
      block.generation = generation;
      if (generation == cpu.translationGeneration()) {
        return block;
      }
    }
  }

  /** Finds a block of any generation and moves it to the front of its bucket. */
  private @Nullable DecodedBlock lookUp(long address) {
    int bucket = bucketOf(address, BUCKETS);
    DecodedBlock before = null;
    for (DecodedBlock block = buckets[bucket]; block != null; block = block.next) {
      if (block.start == address) {
        if (before != null) {
          before.next = block.next;
          block.next = buckets[bucket];
          buckets[bucket] = block;
        }
        return block;
      }
      before = block;
    }
    return null;
  }

  private boolean isUnchanged(DecodedBlock block) {
    short[] expected = block.parcels;
    for (int i = 0; i < expected.length; i++) {
      try {
        if (cpu.fetchShort(block.start + 2L * i) != expected[i]) {
          return false;
        }
      } catch (MemoryAccessException fault) {
        if (i == 0) {
          throw fault;
        }
        // The instructions before this one may still run: decode what is there.
        cpu.enter();
        return false;
      }
    }
    return true;
  }

  private DecodedBlock decode(long address, long generation) {
    fetch(address);
    cpu.exit();
    DecodedBlock block =
        new DecodedBlock(
            address,
            Arrays.copyOf(code, instructionCount),
            Arrays.copyOf(parcels, parcelCount),
            generation);
    cpu.enter();
    insert(block);
    return block;
  }

  private void insert(DecodedBlock block) {
    DecodedBlock stale = lookUp(block.start);
    int bucket = bucketOf(block.start, BUCKETS);
    if (stale != null) {
      block.next = stale.next;
    } else {
      if (blockCount == MAX_BLOCKS) {
        flush();
      }
      block.next = buckets[bucket];
      blockCount++;
    }
    buckets[bucket] = block;
  }

  /** Fetches and decodes a block into the scratch arrays. */
  private void fetch(long start) {
    instructionCount = 0;
    parcelCount = 0;
    long address = start;
    while (instructionCount < MAX_INSTRUCTIONS && isOnPageOf(start, address)) {
      long instruction;
      try {
        instruction = fetchInstruction(start, address);
      } catch (MemoryAccessException fault) {
        if (instructionCount == 0) {
          throw fault;
        }
        cpu.enter();
        break;
      }
      if (instruction == 0) {
        break;
      }
      code[instructionCount++] = instruction;
      parcelCount += Instruction.lengthBytes(instruction) / 2;
      address += Instruction.lengthBytes(instruction);
      if (endsBlock(Instruction.opcode(instruction))) {
        return;
      }
    }
    code[instructionCount++] = Instruction.pack(Opcode.END_OF_BLOCK, 0, 0, 0, 0);
  }

  /**
   * Fetches one instruction; 0 if it would be a later one that straddles the page's end. Such an
   * instruction is a block of its own, so that a fault on its second half has its address.
   */
  private long fetchInstruction(long start, long address) {
    short low = cpu.fetchShort(address);
    if ((low & 3) != 3) {
      parcels[parcelCount] = low;
      return relativeToBlock(CompressedDecoder.decode(low), (int) (address - start));
    }
    if (address != start && !isOnPageOf(start, address + 2)) {
      return 0;
    }
    short high = cpu.fetchShort(address + 2);
    parcels[parcelCount] = low;
    parcels[parcelCount + 1] = high;
    int word = high << 16 | (low & 0xffff);
    return relativeToBlock(Decoder.decode(word), (int) (address - start));
  }

  /** Program-counter-relative immediates count from the block's start while a block runs. */
  private static long relativeToBlock(long instruction, int offset) {
    return switch (Instruction.opcode(instruction)) {
      case Opcode.AUIPC,
          Opcode.JAL,
          Opcode.BEQ,
          Opcode.BNE,
          Opcode.BLT,
          Opcode.BGE,
          Opcode.BLTU,
          Opcode.BGEU ->
          Instruction.withImmediate(instruction, Instruction.immediate(instruction) + offset);
      default -> instruction;
    };
  }

  private static boolean endsBlock(int opcode) {
    return switch (opcode) {
      case Opcode.JAL, Opcode.JALR, Opcode.ECALL, Opcode.EBREAK, Opcode.ILLEGAL, Opcode.FENCE_I ->
          true;
      default -> false;
    };
  }

  private static boolean isOnPageOf(long start, long address) {
    return ((start ^ address) & ~PAGE_MASK) == 0;
  }
}
