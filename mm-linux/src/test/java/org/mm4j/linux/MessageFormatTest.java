/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.mock;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.UffdMessage;
import org.mm4j.Userfaultfd;

final class MessageFormatTest {
  private static MemorySegment message(int event, long first, long second, long third) {
    MemorySegment message = MemorySegment.ofArray(new long[4]);
    message.set(ValueLayout.JAVA_BYTE, 0, (byte) event);
    message.set(ValueLayout.JAVA_LONG, 8, first);
    message.set(ValueLayout.JAVA_LONG, 16, second);
    message.set(ValueLayout.JAVA_LONG, 24, third);
    return message;
  }

  private static UffdMessage decoded(int event, long first, long second, long third) {
    return MessageFormat.decode(
        message(event, first, second, third),
        number -> {
          throw new AssertionError("no child: " + number);
        });
  }

  @Test
  void everyEventIsDecoded() {
    assertEquals(new UffdMessage.PageFault(0x7000, 3, 42), decoded(0x12, 3, 0x7000, 42));
    assertEquals(new UffdMessage.Remap(1, 2, 3), decoded(0x14, 1, 2, 3));
    assertEquals(
        new UffdMessage.Remove(new AddressRange(0x1000, 0x2000)), decoded(0x15, 0x1000, 0x3000, 0));
    assertEquals(
        new UffdMessage.Unmap(new AddressRange(0x1000, 0x1000)), decoded(0x16, 0x1000, 0x2000, 0));
  }

  @Test
  void aForkBringsTheUserfaultfdOfTheChild() {
    Userfaultfd child = mock(Userfaultfd.class);
    UffdMessage fork =
        MessageFormat.decode(
            message(0x13, 17, 0, 0),
            number -> {
              assertEquals(17, number);
              return child;
            });
    assertSame(child, ((UffdMessage.Fork) fork).child());
  }

  @Test
  void anUnknownEventIsRefusedAndNotGuessed() {
    assertEquals(
        Errno.EOPNOTSUPP,
        assertThrows(MemoryException.class, () -> decoded(0x17, 0, 0, 0)).errno());
  }
}
