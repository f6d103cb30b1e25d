/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import java.util.Locale;

/** The state of a hart as text, by the names of the calling convention. */
final class RegisterDump {
  private static final String[] INTEGER_NAMES = {
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
        "a5",
    "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"
  };
  private static final String[] FLOAT_NAMES = {
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2",
    "fa3", "fa4", "fa5", "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9",
    "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"
  };
  private static final int COLUMNS = 4;

  private RegisterDump() {}

  static String integerName(int number) {
    return INTEGER_NAMES[number];
  }

  static String floatName(int number) {
    return FLOAT_NAMES[number];
  }

  static String of(Hart hart) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "pc   %016x  fcsr %02x  instructions %d%n",
            hart.pc(),
            hart.fcsr(),
            hart.instructionsRetired()));
    for (int i = 0; i < 32; i++) {
      append(text, i, INTEGER_NAMES[i], hart.register(i));
    }
    for (int i = 0; i < 32; i++) {
      append(text, i, FLOAT_NAMES[i], hart.floatRegister(i));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, int index, String name, long value) {
    String end = index % COLUMNS == COLUMNS - 1 ? "%n" : "  ";
    text.append(String.format(Locale.ROOT, "%-4s %016x" + end, name, value));
  }
}
