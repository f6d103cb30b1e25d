/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.examples.emulator.riscv;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import org.junit.jupiter.api.Test;

class InterpreterTest {
  /** HotSpot's HugeMethodLimit: a longer method is never compiled. */
  private static final int HUGE_METHOD_BYTES = 8000;

  @Test
  void theHotMethodIsSmallEnoughForTheCompiler() throws IOException {
    try (InputStream in = Interpreter.class.getResourceAsStream("Interpreter.class")) {
      assertNotNull(in);
      int longest =
          ClassFile.of().parse(in.readAllBytes()).methods().stream()
              .flatMap(method -> method.code().stream())
              .mapToInt(code -> ((CodeAttribute) code).codeLength())
              .max()
              .orElseThrow();
      assertTrue(longest < HUGE_METHOD_BYTES, () -> "execute has " + longest + " bytes");
    }
  }
}
