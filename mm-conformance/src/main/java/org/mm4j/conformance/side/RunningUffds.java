/* SPDX-License-Identifier: Apache-2.0 */
package org.mm4j.conformance.side;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.mm4j.conformance.executor.Lane;
import org.mm4j.conformance.scenario.CallKind;
import org.mm4j.conformance.scenario.Outcome;
import org.mm4j.conformance.scenario.Step;

/** Makes the calls of userfaultfds on the running kernel. */
final class RunningUffds {
  private static final long O_CLOEXEC_AND_NONBLOCK = 0x80800;
  private static final long UFFD_API = 0xaa;
  private static final long API = 0xc018_aa3fL;
  private static final long REGISTER = 0xc020_aa00L;
  private static final long UNREGISTER = 0x8010_aa01L;
  private static final long WAKE = 0x8010_aa02L;
  private static final long COPY = 0xc028_aa03L;
  private static final long ZEROPAGE = 0xc020_aa04L;
  private static final int COPY_RESULT = 32;
  private static final int ZEROPAGE_RESULT = 24;
  private static final int MESSAGE_BYTES = 32;
  private static final int MESSAGES = 256;
  private static final int PAGEFAULT = 0x12;
  private static final long EAGAIN = 11;

  private final RunningWorld world;

  RunningUffds(RunningWorld world) {
    this.world = world;
  }

  Started start(Step step, Lane lane, RunningSpace space) {
    String name = "u" + step.thing(0);
    if (step.call() == CallKind.UFFD) {
      return RunningCalls.call(
          lane,
          value -> opened(space, name, value),
          SystemCall.USERFAULTFD,
          O_CLOEXEC_AND_NONBLOCK | step.argument(1));
    }
    long uffd = world.descriptor(space, name);
    return switch (step.call()) {
      case HANDSHAKE -> ioctl(lane, uffd, API, UFFD_API, step.argument(1), 0);
      case REGISTER ->
          ioctl(lane, uffd, REGISTER, step.argument(1), step.argument(2), step.argument(3), 0);
      case UNREGISTER -> ioctl(lane, uffd, UNREGISTER, step.argument(1), step.argument(2));
      case WAKE -> ioctl(lane, uffd, WAKE, step.argument(1), step.argument(2));
      case FILL_COPY -> {
        Pattern.fill(space.process().scratch().asSlice(0, step.argument(2)), step.argument(4));
        yield copy(
            lane,
            uffd,
            step.argument(1),
            space.process().scratchAddress(),
            step.argument(2),
            step.argument(3));
      }
      case FILL_FROM ->
          copy(lane, uffd, step.argument(1), step.argument(2), step.argument(3), step.argument(4));
      case FILL_ZERO ->
          fill(
              lane,
              uffd,
              ZEROPAGE,
              ZEROPAGE_RESULT,
              step.argument(1),
              step.argument(2),
              step.argument(3),
              0);
      case MESSAGES -> messages(lane, uffd);
      case CLOSE_UFFD -> {
        world.closeElsewhere(space, name);
        space.descriptors().remove(name);
        yield RunningCalls.call(lane, RunningCalls::done, SystemCall.CLOSE, uffd);
      }
      default -> throw new IllegalArgumentException(step.toString());
    };
  }

  private Outcome opened(RunningSpace space, String name, long value) {
    if (RunningCalls.isErrno(value)) {
      return Outcome.refused(-value);
    }
    world.opened(space, name, value);
    return Outcome.OK;
  }

  private static void structure(Lane lane, long... words) {
    for (int i = 0; i < words.length; i++) {
      lane.scratch().setAtIndex(ValueLayout.JAVA_LONG, i, words[i]);
    }
  }

  private static Started ioctl(Lane lane, long uffd, long request, long... words) {
    structure(lane, words);
    return RunningCalls.call(
        lane, RunningCalls::done, SystemCall.IOCTL, uffd, request, lane.scratchAddress());
  }

  private static Started copy(
      Lane lane, long uffd, long target, long source, long length, long flags) {
    return fill(lane, uffd, COPY, COPY_RESULT, target, source, length, flags, 0);
  }

  /** The outcome is in the errno, and how much was done in a field of the structure. */
  private static Started fill(Lane lane, long uffd, long request, int field, long... words) {
    structure(lane, words);
    return RunningCalls.call(
        lane,
        value -> {
          long done = lane.scratch().get(ValueLayout.JAVA_LONG, field);
          if (value == -EAGAIN) {
            return Outcome.retry(Math.max(done, 0));
          }
          return RunningCalls.isErrno(value) ? Outcome.refused(-value) : Outcome.ok(done);
        },
        SystemCall.IOCTL,
        uffd,
        request,
        lane.scratchAddress());
  }

  private static Started messages(Lane lane, long uffd) {
    MemorySegment buffer = lane.scratch();
    return RunningCalls.call(
        lane,
        value -> {
          if (value == -EAGAIN) {
            return Messages.outcome(List.of());
          }
          return RunningCalls.isErrno(value)
              ? Outcome.refused(-value)
              : Messages.outcome(decode(buffer, value));
        },
        SystemCall.READ,
        uffd,
        lane.scratchAddress(),
        (long) MESSAGES * MESSAGE_BYTES);
  }

  private static List<String> decode(MemorySegment buffer, long lengthBytes) {
    List<String> messages = new ArrayList<>();
    for (long at = 0; at < lengthBytes; at += MESSAGE_BYTES) {
      int event = buffer.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      long first = buffer.get(ValueLayout.JAVA_LONG, at + 8);
      long second = buffer.get(ValueLayout.JAVA_LONG, at + 16);
      messages.add(
          event == PAGEFAULT
              ? Messages.pageFault(second, first)
              : "event" + event + "(0x" + Long.toHexString(first) + ")");
    }
    return messages;
  }
}
