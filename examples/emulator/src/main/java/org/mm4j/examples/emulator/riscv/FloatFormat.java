/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.math.BigInteger;

/** An IEEE 754 binary interchange format; its values are bit patterns in the low end of a long. */
enum FloatFormat {
  /** The F extension's format. */
  SINGLE(24, 127),
  /** The D extension's format. */
  DOUBLE(53, 1023);

  /** Significant bits, the implicit one included. */
  final int precision;

  /** The exponent of the largest numbers. */
  final int maxExponent;

  /** The exponent of the smallest normal number. */
  final int minExponent;

  final long signBit;
  final long infinity;
  final long canonicalNan;
  private final long quietBit;

  FloatFormat(int precision, int maxExponent) {
    this.precision = precision;
    this.maxExponent = maxExponent;
    this.minExponent = 1 - maxExponent;
    this.infinity = (2L * maxExponent + 1) << (precision - 1);
    this.signBit = Long.highestOneBit(infinity) << 1;
    this.quietBit = 1L << (precision - 2);
    this.canonicalNan = infinity | quietBit;
  }

  boolean isNegative(long bits) {
    return (bits & signBit) != 0;
  }

  long magnitude(long bits) {
    return bits & (signBit - 1);
  }

  boolean isNan(long bits) {
    return magnitude(bits) > infinity;
  }

  boolean isSignalingNan(long bits) {
    return isNan(bits) && (bits & quietBit) == 0;
  }

  boolean isInfinite(long bits) {
    return magnitude(bits) == infinity;
  }

  boolean isZero(long bits) {
    return magnitude(bits) == 0;
  }

  long zero(boolean negative) {
    return negative ? signBit : 0;
  }

  long infinity(boolean negative) {
    return zero(negative) | infinity;
  }

  /** The exponent of the lowest bit of {@link #significand}, for a finite number. */
  int exponent(long bits) {
    int biased = (int) (magnitude(bits) >>> (precision - 1));
    return minExponent - (precision - 1) + Math.max(biased - 1, 0);
  }

  /** The significand of a finite number as an integer. */
  BigInteger significand(long bits) {
    long fraction = bits & ((1L << (precision - 1)) - 1);
    boolean normal = magnitude(bits) >>> (precision - 1) != 0;
    return BigInteger.valueOf(normal ? fraction | 1L << (precision - 1) : fraction);
  }

  /** The value of any bit pattern that is not a NaN; exact. */
  double toDouble(long bits) {
    return this == DOUBLE ? Double.longBitsToDouble(bits) : Float.intBitsToFloat((int) bits);
  }

  /** The mask of {@code fclass}: one of ten bits. */
  int classify(long bits) {
    if (isNan(bits)) {
      return isSignalingNan(bits) ? 1 << 8 : 1 << 9;
    }
    int distance;
    if (isInfinite(bits)) {
      distance = 3;
    } else if (isZero(bits)) {
      distance = 0;
    } else {
      distance = magnitude(bits) >>> (precision - 1) == 0 ? 1 : 2;
    }
    return isNegative(bits) ? 1 << (3 - distance) : 1 << (4 + distance);
  }
}
