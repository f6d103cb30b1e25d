/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A structure as it lies in user memory: little-endian fields at byte offsets. */
public final class Struct {
  private final byte[] bytes;
  private final ByteBuffer fields;

  /** Creates a structure of zeros. */
  public Struct(int sizeBytes) {
    this(new byte[sizeBytes]);
  }

  private Struct(byte[] bytes) {
    this.bytes = bytes;
    this.fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads a structure from user memory. */
  public static Struct read(UserMemory memory, long address, int sizeBytes) {
    return new Struct(memory.readBytes(address, sizeBytes));
  }

  /** Takes over bytes that were read before. */
  public static Struct of(byte[] bytes) {
    return new Struct(bytes.clone());
  }

  /** Writes the structure to user memory. */
  public void write(UserMemory memory, long address) {
    memory.writeBytes(address, bytes);
  }

  /** Returns a copy of the bytes. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Sets everything to zero. */
  public Struct clear() {
    Arrays.fill(bytes, (byte) 0);
    return this;
  }

  /** Returns an eight-byte field. */
  public long getLong(int offset) {
    return fields.getLong(offset);
  }

  /** Returns a four-byte field. */
  public int getInt(int offset) {
    return fields.getInt(offset);
  }

  /** Returns a two-byte field. */
  public short getShort(int offset) {
    return fields.getShort(offset);
  }

  /** Sets an eight-byte field. */
  public Struct setLong(int offset, long value) {
    fields.putLong(offset, value);
    return this;
  }

  /** Sets a four-byte field. */
  public Struct setInt(int offset, int value) {
    fields.putInt(offset, value);
    return this;
  }

  /** Sets a two-byte field. */
  public Struct setShort(int offset, int value) {
    fields.putShort(offset, (short) value);
    return this;
  }

  /** Sets a one-byte field. */
  public Struct setByte(int offset, int value) {
    fields.put(offset, (byte) value);
    return this;
  }

  /** Sets bytes from an offset on. */
  public Struct setBytes(int offset, byte[] value) {
    fields.put(offset, value);
    return this;
  }
}
