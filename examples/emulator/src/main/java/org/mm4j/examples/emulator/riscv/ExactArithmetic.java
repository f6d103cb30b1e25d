/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.math.BigInteger;

/**
 * Floating-point arithmetic by the book: every operation is carried out exactly on integers and
 * rounded once, in any rounding mode, with all exception flags.
 *
 * <p>Slow, and therefore only where {@link FloatingPoint} cannot tell cheaply that the host's own
 * result is the right one and raises no new flag. Also the home of every special case (NaN,
 * infinity, zero).
 */
final class ExactArithmetic {
  /** Enough extra bits of a quotient or root for the sticky bit to decide every rounding. */
  private static final int GUARD_BITS = 3;

  private final FloatStatus status;

  ExactArithmetic(FloatStatus status) {
    this.status = status;
  }

  long add(FloatFormat format, long a, long b, int mode) {
    if (format.isNan(a) || format.isNan(b)) {
      return nan(format, format.isSignalingNan(a) || format.isSignalingNan(b));
    }
    if (format.isInfinite(a)) {
      return format.isInfinite(b) && a != b ? nan(format, true) : a;
    }
    if (format.isInfinite(b)) {
      return b;
    }
    return roundSum(
        format,
        signed(format, a),
        format.exponent(a),
        format.isNegative(a),
        signed(format, b),
        format.exponent(b),
        format.isNegative(b),
        mode);
  }

  long multiply(FloatFormat format, long a, long b, int mode) {
    if (format.isNan(a) || format.isNan(b)) {
      return nan(format, format.isSignalingNan(a) || format.isSignalingNan(b));
    }
    boolean negative = format.isNegative(a) != format.isNegative(b);
    if (format.isInfinite(a) || format.isInfinite(b)) {
      return format.isZero(a) || format.isZero(b) ? nan(format, true) : format.infinity(negative);
    }
    if (format.isZero(a) || format.isZero(b)) {
      return format.zero(negative);
    }
    BigInteger product = format.significand(a).multiply(format.significand(b));
    int exponent = format.exponent(a) + format.exponent(b);
    return round(format, negative, product, exponent, false, mode);
  }

  long divide(FloatFormat format, long a, long b, int mode) {
    if (format.isNan(a) || format.isNan(b)) {
      return nan(format, format.isSignalingNan(a) || format.isSignalingNan(b));
    }
    boolean negative = format.isNegative(a) != format.isNegative(b);
    if (format.isInfinite(a)) {
      return format.isInfinite(b) ? nan(format, true) : format.infinity(negative);
    }
    if (format.isInfinite(b)) {
      return format.zero(negative);
    }
    if (format.isZero(b)) {
      if (format.isZero(a)) {
        return nan(format, true);
      }
      status.raise(FloatStatus.DZ);
      return format.infinity(negative);
    }
    if (format.isZero(a)) {
      return format.zero(negative);
    }
    int shift = 2 * format.precision + GUARD_BITS;
    BigInteger[] quotient =
        format.significand(a).shiftLeft(shift).divideAndRemainder(format.significand(b));
    int exponent = format.exponent(a) - format.exponent(b) - shift;
    return round(format, negative, quotient[0], exponent, quotient[1].signum() != 0, mode);
  }

  long squareRoot(FloatFormat format, long a, int mode) {
    if (format.isNan(a)) {
      return nan(format, format.isSignalingNan(a));
    }
    if (format.isZero(a)) {
      return a;
    }
    if (format.isNegative(a)) {
      return nan(format, true);
    }
    if (format.isInfinite(a)) {
      return a;
    }
    int exponent = format.exponent(a);
    int shift = 2 * (format.precision + GUARD_BITS) + (exponent & 1);
    BigInteger[] root = format.significand(a).shiftLeft(shift).sqrtAndRemainder();
    return round(format, false, root[0], (exponent - shift) / 2, root[1].signum() != 0, mode);
  }

  /** {@code a * b + c} with one rounding. */
  long multiplyAdd(FloatFormat format, long a, long b, long c, int mode) {
    boolean infinityTimesZero =
        (format.isInfinite(a) && format.isZero(b)) || (format.isZero(a) && format.isInfinite(b));
    if (infinityTimesZero || format.isNan(a) || format.isNan(b) || format.isNan(c)) {
      return nan(
          format,
          infinityTimesZero
              || format.isSignalingNan(a)
              || format.isSignalingNan(b)
              || format.isSignalingNan(c));
    }
    boolean negative = format.isNegative(a) != format.isNegative(b);
    if (format.isInfinite(a) || format.isInfinite(b)) {
      return format.isInfinite(c) && format.isNegative(c) != negative
          ? nan(format, true)
          : format.infinity(negative);
    }
    if (format.isInfinite(c)) {
      return c;
    }
    return roundSum(
        format,
        signed(format, a).multiply(signed(format, b)),
        format.exponent(a) + format.exponent(b),
        negative,
        signed(format, c),
        format.exponent(c),
        format.isNegative(c),
        mode);
  }

  /** From a signed or unsigned 64-bit integer. */
  long fromInteger(FloatFormat format, long value, boolean unsigned, int mode) {
    if (value == 0) {
      return 0;
    }
    boolean negative = !unsigned && value < 0;
    BigInteger magnitude = new BigInteger(Long.toUnsignedString(negative ? -value : value));
    return round(format, negative, magnitude, 0, false, mode);
  }

  /** From another format. */
  long convert(FloatFormat to, FloatFormat from, long a, int mode) {
    if (from.isNan(a)) {
      return nan(to, from.isSignalingNan(a));
    }
    boolean negative = from.isNegative(a);
    if (from.isInfinite(a)) {
      return to.infinity(negative);
    }
    if (from.isZero(a)) {
      return to.zero(negative);
    }
    return round(to, negative, from.significand(a), from.exponent(a), false, mode);
  }

  private long nan(FloatFormat format, boolean invalid) {
    if (invalid) {
      status.raise(FloatStatus.NV);
    }
    return format.canonicalNan;
  }

  private static BigInteger signed(FloatFormat format, long bits) {
    BigInteger significand = format.significand(bits);
    return format.isNegative(bits) ? significand.negate() : significand;
  }

  /** Rounds a + b; the signs are those of the operands and decide the sign of a zero. */
  private long roundSum(
      FloatFormat format,
      BigInteger a,
      int exponentA,
      boolean negativeA,
      BigInteger b,
      int exponentB,
      boolean negativeB,
      int mode) {
    int exponent = Math.min(exponentA, exponentB);
    BigInteger sum = a.shiftLeft(exponentA - exponent).add(b.shiftLeft(exponentB - exponent));
    if (sum.signum() == 0) {
      boolean bothZero = a.signum() == 0 && b.signum() == 0;
      boolean negative =
          (bothZero && negativeA == negativeB) ? negativeA : mode == RoundingMode.RDN;
      return format.zero(negative);
    }
    return round(format, sum.signum() < 0, sum.abs(), exponent, false, mode);
  }

  /**
   * The number nearest to {@code significand * 2^exponent} in the sense of {@code mode}, with the
   * flags of the rounding raised.
   *
   * @param significand positive
   * @param sticky whether the true value is larger by less than one unit of the significand; then
   *     the significand has more bits than the format's precision
   */
  private long round(
      FloatFormat format,
      boolean negative,
      BigInteger significand,
      int exponent,
      boolean sticky,
      int mode) {
    int precision = format.precision;
    int leading = exponent + significand.bitLength() - 1;
    int unit = Math.max(leading, format.minExponent) - (precision - 1);
    long rounded = roundAt(significand, unit - exponent, sticky, negative, mode);
    boolean inexact = isInexactAt(significand, unit - exponent, sticky);
    if (rounded == 1L << precision) {
      rounded >>>= 1;
      unit++;
    }
    if (rounded >>> (precision - 1) != 0 && unit + precision - 1 > format.maxExponent) {
      status.raise(FloatStatus.OF | FloatStatus.NX);
      return overflow(format, negative, mode);
    }
    if (inexact) {
      status.raise(FloatStatus.NX);
      if (leading < format.minExponent
          && isTiny(format, significand, exponent, sticky, negative, mode)) {
        status.raise(FloatStatus.UF);
      }
    }
    long biased = (long) unit + (precision - 1) - format.minExponent;
    // A normal number's implicit bit adds one to the exponent field below it.
    return format.zero(negative) | (biased << (precision - 1)) + rounded;
  }

  /** The RISC-V rule: tininess is detected after rounding, as if the exponent had no bound. */
  private static boolean isTiny(
      FloatFormat format,
      BigInteger significand,
      int exponent,
      boolean sticky,
      boolean negative,
      int mode) {
    int leading = exponent + significand.bitLength() - 1;
    int shift = leading - (format.precision - 1) - exponent;
    return leading < format.minExponent - 1
        || roundAt(significand, shift, sticky, negative, mode) != 1L << format.precision;
  }

  private static boolean isInexactAt(BigInteger significand, int shift, boolean sticky) {
    return sticky || significand.getLowestSetBit() < shift;
  }

  private static long roundAt(
      BigInteger significand, int shift, boolean sticky, boolean negative, int mode) {
    if (shift <= 0) {
      return significand.shiftLeft(-shift).longValueExact();
    }
    long truncated = significand.shiftRight(shift).longValueExact();
    boolean half = significand.testBit(shift - 1);
    boolean belowHalf = sticky || significand.getLowestSetBit() < shift - 1;
    boolean away =
        switch (mode) {
          case RoundingMode.RNE -> half && (belowHalf || (truncated & 1) != 0);
          case RoundingMode.RTZ -> false;
          case RoundingMode.RDN -> negative && (half || belowHalf);
          case RoundingMode.RUP -> !negative && (half || belowHalf);
          case RoundingMode.RMM -> half;
          default -> throw new IllegalArgumentException("rounding mode " + mode);
        };
    return away ? truncated + 1 : truncated;
  }

  private static long overflow(FloatFormat format, boolean negative, int mode) {
    boolean toInfinity =
        switch (mode) {
          case RoundingMode.RTZ -> false;
          case RoundingMode.RDN -> negative;
          case RoundingMode.RUP -> !negative;
          default -> true;
        };
    return toInfinity ? format.infinity(negative) : format.infinity(negative) - 1;
  }
}
