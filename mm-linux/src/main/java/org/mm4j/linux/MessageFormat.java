/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntFunction;
import org.mm4j.AddressRange;
import org.mm4j.Errno;
import org.mm4j.MemoryException;
import org.mm4j.UffdMessage;
import org.mm4j.Userfaultfd;

/** {@code struct uffd_msg}: 32 bytes, an event and up to three words. */
final class MessageFormat {
  static final long BYTES = 32;

  private static final int PAGEFAULT = 0x12;
  private static final int FORK = 0x13;
  private static final int REMAP = 0x14;
  private static final int REMOVE = 0x15;
  private static final int UNMAP = 0x16;
  private static final long FIRST = 8;
  private static final long SECOND = 16;
  private static final long THIRD = 24;

  private MessageFormat() {}

  /**
   * Decodes a message.
   *
   * @param children turns the descriptor of a FORK message into a userfaultfd
   */
  static UffdMessage decode(MemorySegment message, IntFunction<Userfaultfd> children) {
    int event = message.get(ValueLayout.JAVA_BYTE, 0);
    long first = message.get(ValueLayout.JAVA_LONG, FIRST);
    long second = message.get(ValueLayout.JAVA_LONG, SECOND);
    return switch (event) {
      case PAGEFAULT ->
          new UffdMessage.PageFault(second, first, message.get(ValueLayout.JAVA_INT, THIRD));
      case FORK -> new UffdMessage.Fork(children.apply(message.get(ValueLayout.JAVA_INT, FIRST)));
      case REMAP -> new UffdMessage.Remap(first, second, message.get(ValueLayout.JAVA_LONG, THIRD));
      case REMOVE -> new UffdMessage.Remove(AddressRange.between(first, second));
      case UNMAP -> new UffdMessage.Unmap(AddressRange.between(first, second));
      default ->
          throw new MemoryException(
              Errno.EOPNOTSUPP, "read", event, "an event this version does not know");
    };
  }
}
