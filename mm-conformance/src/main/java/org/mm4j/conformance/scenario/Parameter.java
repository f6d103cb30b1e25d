/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.scenario;

import org.jspecify.annotations.Nullable;
import org.mm4j.Advice;

/** What an argument of a call means: how it is written, and how a shrinker may make it simpler. */
@SuppressWarnings("ImmutableEnumChecker") // Bits cannot be changed
public enum Parameter {
  /** A number for a file that is created. */
  NEW_FILE('f'),
  /** An open file. */
  FILE('f'),
  /** A number for a userfaultfd that is created. */
  NEW_UFFD('u'),
  /** An open userfaultfd. */
  UFFD('u'),
  /** A number for an address space that is created. */
  NEW_SPACE('s'),
  /** A number for a pin that is made. */
  NEW_PIN('p'),
  /** A pin. */
  PIN('p'),

  /** An address. */
  ADDRESS,
  /** An offset in a file. */
  OFFSET,
  /** A length in bytes. */
  LENGTH,
  /** A byte or a number to store. */
  VALUE,
  /** The width of a load or store in bytes. */
  WIDTH,
  /** A kind of advice, by Linux's number. */
  ADVICE,

  /** {@code MFD_*}. */
  FILE_FLAGS(Bits.FILE),
  /** {@code PROT_*}. */
  PROTECTION(Bits.PROTECTION),
  /** {@code MAP_*}. */
  MAP_FLAGS(Bits.MAP),
  /** {@code MREMAP_*}. */
  REMAP_FLAGS(Bits.REMAP),
  /** {@code F_SEAL_*}. */
  SEALS(Bits.SEAL),
  /** Flags of {@code userfaultfd}. */
  UFFD_FLAGS(Bits.UFFD),
  /** {@code UFFD_FEATURE_*}. */
  FEATURES(Bits.FEATURE),
  /** {@code UFFDIO_REGISTER_MODE_*}. */
  MODES(Bits.MODE),
  /** {@code UFFDIO_COPY_MODE_*}. */
  FILL_FLAGS(Bits.FILL);

  private final char prefix;
  private final @Nullable Bits<?> bits;

  Parameter() {
    this('\0', null);
  }

  Parameter(char prefix) {
    this(prefix, null);
  }

  Parameter(Bits<?> bits) {
    this('\0', bits);
  }

  Parameter(char prefix, @Nullable Bits<?> bits) {
    this.prefix = prefix;
    this.bits = bits;
  }

  /** Returns whether the argument is the number of a thing: a file, a userfaultfd. */
  public boolean isThing() {
    return prefix != '\0';
  }

  /** Returns the letter that such things are written with. */
  public char prefix() {
    return prefix;
  }

  /** Returns whether the argument is a number whose size may be changed. */
  public boolean isQuantity() {
    return switch (this) {
      case ADDRESS, OFFSET, LENGTH, VALUE -> true;
      default -> false;
    };
  }

  /** Returns whether the argument is a set of flags. */
  public boolean isSet() {
    return bits != null;
  }

  String print(long argument) {
    if (isThing()) {
      return prefix + Long.toString(argument);
    }
    if (bits != null) {
      return bits.print(argument);
    }
    if (this == ADVICE) {
      return advice(argument).name();
    }
    return "0x" + Long.toHexString(argument);
  }

  long parse(String text) {
    if (isThing()) {
      if (text.isEmpty() || text.charAt(0) != prefix) {
        throw new IllegalArgumentException("not a thing such as " + prefix + "0: " + text);
      }
      return Long.parseLong(text.substring(1));
    }
    if (bits != null) {
      return bits.parse(text);
    }
    if (this == ADVICE) {
      return Advice.valueOf(text).number();
    }
    if (!text.startsWith("0x")) {
      throw new IllegalArgumentException("not a hexadecimal number: " + text);
    }
    return Long.parseUnsignedLong(text.substring(2), 16);
  }

  /** Returns advice by its number. */
  public static Advice advice(long number) {
    for (Advice advice : Advice.values()) {
      if (advice.number() == number) {
        return advice;
      }
    }
    throw new IllegalArgumentException("no such advice: " + number);
  }
}
