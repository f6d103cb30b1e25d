/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

/**
 * The arithmetic of F and D on bit patterns, with the accrued flags.
 *
 * <p>The host computes in the same formats and rounds to nearest even. Its result is taken when
 * that is the mode asked for, no exception but NX is possible, and NX is either accrued already or
 * excluded by the exactly computed rounding error. Everything else goes to {@link ExactArithmetic};
 * as NX is sticky, a program soon stays on the fast path.
 */
final class FloatingPoint {
  /** Results from here on are far from underflow, and so are their rounding errors. */
  private static final double SAFE_DOUBLE = 0x1p-900;

  private static final float SAFE_FLOAT = 0x1p-100f;

  private static final double TWO_TO_63 = 0x1p63;
  private static final double TWO_TO_64 = 0x1p64;

  private final FloatStatus status;
  private final ExactArithmetic exact;

  FloatingPoint(FloatStatus status) {
    this.status = status;
    this.exact = new ExactArithmetic(status);
  }

  long addDouble(long a, long b, int mode) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double sum = x + y;
    if (mode == RoundingMode.RNE && Double.isFinite(sum)) {
      // Knuth's two-sum: the rounding error of an addition is itself a double.
      double part = sum - x;
      if (status.isInexact() || (x - (sum - part)) + (y - part) == 0) {
        return Double.doubleToRawLongBits(sum);
      }
    }
    return exact.add(FloatFormat.DOUBLE, a, b, mode);
  }

  long multiplyDouble(long a, long b, int mode) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double product = x * y;
    if (mode == RoundingMode.RNE
        && isSafe(product)
        && (status.isInexact() || Math.fma(x, y, -product) == 0)) {
      return Double.doubleToRawLongBits(product);
    }
    return exact.multiply(FloatFormat.DOUBLE, a, b, mode);
  }

  long divideDouble(long a, long b, int mode) {
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double quotient = x / y;
    if (mode == RoundingMode.RNE
        && isSafe(quotient)
        && isSafe(x)
        && Double.isFinite(y)
        && y != 0
        && (status.isInexact() || Math.fma(-quotient, y, x) == 0)) {
      return Double.doubleToRawLongBits(quotient);
    }
    return exact.divide(FloatFormat.DOUBLE, a, b, mode);
  }

  long squareRootDouble(long a, int mode) {
    double x = Double.longBitsToDouble(a);
    double root = Math.sqrt(x);
    if (mode == RoundingMode.RNE
        && isSafe(x)
        && isSafe(root)
        && (status.isInexact() || Math.fma(-root, root, x) == 0)) {
      return Double.doubleToRawLongBits(root);
    }
    return exact.squareRoot(FloatFormat.DOUBLE, a, mode);
  }

  long multiplyAddDouble(long a, long b, long c, int mode) {
    if (mode == RoundingMode.RNE && status.isInexact()) {
      double result =
          Math.fma(
              Double.longBitsToDouble(a), Double.longBitsToDouble(b), Double.longBitsToDouble(c));
      if (isSafe(result)) {
        return Double.doubleToRawLongBits(result);
      }
    }
    return exact.multiplyAdd(FloatFormat.DOUBLE, a, b, c, mode);
  }

  int addSingle(int a, int b, int mode) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float sum = x + y;
    if (mode == RoundingMode.RNE && Float.isFinite(sum)) {
      float part = sum - x;
      if (status.isInexact() || (x - (sum - part)) + (y - part) == 0) {
        return Float.floatToRawIntBits(sum);
      }
    }
    return (int) exact.add(FloatFormat.SINGLE, unsigned(a), unsigned(b), mode);
  }

  int multiplySingle(int a, int b, int mode) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float product = x * y;
    if (mode == RoundingMode.RNE
        && isSafe(product)
        && (status.isInexact() || (double) x * y == product)) {
      return Float.floatToRawIntBits(product);
    }
    return (int) exact.multiply(FloatFormat.SINGLE, unsigned(a), unsigned(b), mode);
  }

  int divideSingle(int a, int b, int mode) {
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float quotient = x / y;
    if (mode == RoundingMode.RNE
        && isSafe(quotient)
        && Float.isFinite(x)
        && Float.isFinite(y)
        && y != 0
        && (status.isInexact() || (double) quotient * y == x)) {
      return Float.floatToRawIntBits(quotient);
    }
    return (int) exact.divide(FloatFormat.SINGLE, unsigned(a), unsigned(b), mode);
  }

  int squareRootSingle(int a, int mode) {
    float x = Float.intBitsToFloat(a);
    float root = (float) Math.sqrt(x);
    if (mode == RoundingMode.RNE
        && isSafe(root)
        && (status.isInexact() || (double) root * root == x)) {
      return Float.floatToRawIntBits(root);
    }
    return (int) exact.squareRoot(FloatFormat.SINGLE, unsigned(a), mode);
  }

  int multiplyAddSingle(int a, int b, int c, int mode) {
    if (mode == RoundingMode.RNE && status.isInexact()) {
      float result =
          Math.fma(Float.intBitsToFloat(a), Float.intBitsToFloat(b), Float.intBitsToFloat(c));
      if (isSafe(result)) {
        return Float.floatToRawIntBits(result);
      }
    }
    return (int) exact.multiplyAdd(FloatFormat.SINGLE, unsigned(a), unsigned(b), unsigned(c), mode);
  }

  /** {@code fmin}: a NaN loses against a number, -0 is below +0. */
  long minimum(FloatFormat format, long a, long b) {
    return isLesser(format, a, b) ? number(format, a, b) : number(format, b, a);
  }

  /** {@code fmax}, the mirror image of {@link #minimum}. */
  long maximum(FloatFormat format, long a, long b) {
    return isLesser(format, a, b) ? number(format, b, a) : number(format, a, b);
  }

  private static boolean isLesser(FloatFormat format, long a, long b) {
    double x = format.toDouble(a);
    double y = format.toDouble(b);
    return x < y || (x == y && format.isNegative(a));
  }

  /** The preferred one, unless it is a NaN and the other is not. */
  private long number(FloatFormat format, long preferred, long other) {
    if (format.isSignalingNan(preferred) || format.isSignalingNan(other)) {
      status.raise(FloatStatus.NV);
    }
    if (!format.isNan(preferred)) {
      return preferred;
    }
    return format.isNan(other) ? format.canonicalNan : other;
  }

  /** {@code feq}: quiet, only a signaling NaN is invalid. */
  boolean isEqual(FloatFormat format, long a, long b) {
    if (format.isNan(a) || format.isNan(b)) {
      if (format.isSignalingNan(a) || format.isSignalingNan(b)) {
        status.raise(FloatStatus.NV);
      }
      return false;
    }
    return format.toDouble(a) == format.toDouble(b);
  }

  /** {@code flt}: any NaN is invalid. */
  boolean isLess(FloatFormat format, long a, long b) {
    return isOrdered(format, a, b) && format.toDouble(a) < format.toDouble(b);
  }

  /** {@code fle}: any NaN is invalid. */
  boolean isLessOrEqual(FloatFormat format, long a, long b) {
    return isOrdered(format, a, b) && format.toDouble(a) <= format.toDouble(b);
  }

  private boolean isOrdered(FloatFormat format, long a, long b) {
    if (format.isNan(a) || format.isNan(b)) {
      status.raise(FloatStatus.NV);
      return false;
    }
    return true;
  }

  long singleToDouble(int a) {
    float value = Float.intBitsToFloat(a);
    return Float.isFinite(value)
        ? Double.doubleToRawLongBits(value)
        : exact.convert(FloatFormat.DOUBLE, FloatFormat.SINGLE, unsigned(a), RoundingMode.RNE);
  }

  int doubleToSingle(long a, int mode) {
    double value = Double.longBitsToDouble(a);
    float rounded = (float) value;
    if (isSafe(rounded) && (rounded == value || (mode == RoundingMode.RNE && status.isInexact()))) {
      return Float.floatToRawIntBits(rounded);
    }
    return (int) exact.convert(FloatFormat.SINGLE, FloatFormat.DOUBLE, a, mode);
  }

  /** {@code fcvt.s.l}, {@code fcvt.d.l}, and on extended values those from words. */
  long fromLong(FloatFormat format, long value, int mode) {
    boolean isExact = Math.abs(value) >>> format.precision == 0;
    if (isExact || (mode == RoundingMode.RNE && status.isInexact())) {
      return format == FloatFormat.DOUBLE
          ? Double.doubleToRawLongBits((double) value)
          : unsigned(Float.floatToRawIntBits((float) value));
    }
    return exact.fromInteger(format, value, false, mode);
  }

  long fromInt(FloatFormat format, int value, int mode) {
    return fromLong(format, value, mode);
  }

  long fromUnsignedLong(FloatFormat format, long value, int mode) {
    return value >= 0
        ? fromLong(format, value, mode)
        : exact.fromInteger(format, value, true, mode);
  }

  /** {@code fcvt.w}: saturating, with NV instead of NX when out of range; NaN is the maximum. */
  long toInt(FloatFormat format, long bits, int mode) {
    double value = numberOrMaximum(format, bits);
    double rounded = roundToInteger(value, mode);
    if (rounded >= Integer.MIN_VALUE && rounded <= Integer.MAX_VALUE) {
      raiseIfDifferent(value, rounded);
    } else {
      status.raise(FloatStatus.NV);
    }
    return (int) rounded;
  }

  /** {@code fcvt.wu}; the result is sign-extended, as every 32-bit result is. */
  long toUnsignedInt(FloatFormat format, long bits, int mode) {
    double value = numberOrMaximum(format, bits);
    double rounded = roundToInteger(value, mode);
    if (rounded >= 0 && rounded <= 0xffff_ffffL) {
      raiseIfDifferent(value, rounded);
      return (int) (long) rounded;
    }
    status.raise(FloatStatus.NV);
    return rounded < 0 ? 0 : -1;
  }

  /** {@code fcvt.l}. */
  long toLong(FloatFormat format, long bits, int mode) {
    double value = numberOrMaximum(format, bits);
    double rounded = roundToInteger(value, mode);
    if (rounded >= -TWO_TO_63 && rounded < TWO_TO_63) {
      raiseIfDifferent(value, rounded);
    } else {
      status.raise(FloatStatus.NV);
    }
    return (long) rounded;
  }

  /** {@code fcvt.lu}. */
  long toUnsignedLong(FloatFormat format, long bits, int mode) {
    double value = numberOrMaximum(format, bits);
    double rounded = roundToInteger(value, mode);
    if (rounded >= 0 && rounded < TWO_TO_64) {
      raiseIfDifferent(value, rounded);
      return rounded < TWO_TO_63 ? (long) rounded : (long) (rounded - TWO_TO_63) + Long.MIN_VALUE;
    }
    status.raise(FloatStatus.NV);
    return rounded < 0 ? 0 : -1;
  }

  private static double numberOrMaximum(FloatFormat format, long bits) {
    return format.isNan(bits) ? Double.POSITIVE_INFINITY : format.toDouble(bits);
  }

  private void raiseIfDifferent(double value, double rounded) {
    if (value != rounded) {
      status.raise(FloatStatus.NX);
    }
  }

  private static double roundToInteger(double value, int mode) {
    return switch (mode) {
      case RoundingMode.RNE -> Math.rint(value);
      case RoundingMode.RTZ -> value < 0 ? Math.ceil(value) : Math.floor(value);
      case RoundingMode.RDN -> Math.floor(value);
      case RoundingMode.RUP -> Math.ceil(value);
      default -> {
        double truncated = value < 0 ? Math.ceil(value) : Math.floor(value);
        yield Math.abs(value - truncated) >= 0.5 ? truncated + Math.copySign(1, value) : truncated;
      }
    };
  }

  private static boolean isSafe(double value) {
    double magnitude = Math.abs(value);
    return magnitude >= SAFE_DOUBLE && magnitude <= Double.MAX_VALUE;
  }

  private static boolean isSafe(float value) {
    float magnitude = Math.abs(value);
    return magnitude >= SAFE_FLOAT && magnitude <= Float.MAX_VALUE;
  }

  private static long unsigned(int bits) {
    return bits & 0xffff_ffffL;
  }
}
