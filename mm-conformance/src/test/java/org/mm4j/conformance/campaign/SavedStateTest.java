/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mm4j.conformance.compare.Tally;
import org.mm4j.conformance.scenario.Answer;
import org.mm4j.conformance.scenario.CallKind;

final class SavedStateTest {
  @TempDir private Path folder;

  @Test
  void goesOnWhereItWasLeft() throws IOException {
    Tally tally = new Tally();
    tally.count(CallKind.ADVISE, Answer.parse("EBUSY; s0.t1=ok 0x0; [EXCEED_NONE_PTE*2]"));
    tally.count(CallKind.CREATE, Answer.parse("ok"));
    Path file = folder.resolve("state");
    new SavedState(17, 2.5, 1, tally).write(file);
    SavedState read = SavedState.read(file);
    assertEquals(17, read.nextSeed());
    assertEquals(2.5, read.seconds());
    assertEquals(1, read.differences());
    assertEquals(2, read.tally().steps());
    assertEquals(tally.toString(), read.tally().toString());
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("other"), "something else\n1\n");
    assertThrows(IOException.class, () -> SavedState.read(file));
  }
}
